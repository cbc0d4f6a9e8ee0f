// One form of all kernels. binding.gyp compiles this file once for each, with the instructions that it may use.
#include "conv-filter.h"
#include "conv-forward.h"
#include "conv-input.h"
#include "elementwise.h"
#include "update.h"

#define HUERISTIC_TEXT(word) #word
#define HUERISTIC_TEXT_OF(word) HUERISTIC_TEXT(word)
#define HUERISTIC_JOIN(left, right) left##right
#define HUERISTIC_KERNELS_OF(form) HUERISTIC_JOIN(kernels_, form)

namespace hueristic {

namespace form = HUERISTIC_FORM;
extern const Kernels HUERISTIC_KERNELS_OF(HUERISTIC_FORM);
const Kernels HUERISTIC_KERNELS_OF(HUERISTIC_FORM) = {
    HUERISTIC_TEXT_OF(HUERISTIC_FORM), form::convolution, form::inputGradient,     form::filterGradient,
    form::activationGradient,          form::batchNorm,   form::batchNormGradient, form::update,
    form::squareSum,
};

}  // namespace hueristic
