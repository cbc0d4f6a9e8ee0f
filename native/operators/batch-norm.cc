// BatchNorm and BatchNormGradient over [images, channels, …], with the activation that follows, if any.
#include "operator.h"

namespace hueristic {

namespace {

/** x, scale, offset -> y, mean, variance, 1 / sqrt(variance + epsilon) [channels]. Attributes epsilon, activation, alpha. */
struct BatchNorm {
  static constexpr Signature signature{"BatchNorm", 3, 3, 4, 4, -1};
  float epsilon;
  ActivationSettings activation;

  explicit BatchNorm(const Attributes& attributes)
      : epsilon(attributes.number("epsilon")), activation(attributes.activation()) {}

  void compute(Call& call) const {
    const Dims dims = call.dims(0);
    const ChannelShape shape = channelShape(dims);
    const Dims channels{static_cast<int64_t>(shape.channels)};
    for (size_t index : {1, 2}) call.expectSize(index, shape.channels);
    float* y = call.output(0, dims);
    float *mean = call.output(1, channels), *variance = call.output(2, channels), *inverse = call.output(3, channels);
    call.expectDone(call.kernels().batchNorm(call.runtime(), shape, epsilon, activation, call.input(0), call.input(1),
                                             call.input(2), y, mean, variance, inverse));
  }
};

/** dy, x, scale, offset, mean, inverse -> dx, gradients of scale and offset. Attributes activation, alpha. */
struct BatchNormGradient {
  static constexpr Signature signature{"BatchNormGradient", 6, 6, 3, 3, 0};
  ActivationSettings activation;

  explicit BatchNormGradient(const Attributes& attributes) : activation(attributes.activation()) {}

  void compute(Call& call) const {
    const Dims dims = call.dims(0);
    const ChannelShape shape = channelShape(dims);
    const Dims channels{static_cast<int64_t>(shape.channels)};
    call.expectSize(1, sizeOf(dims));
    for (size_t index : {2, 3, 4, 5}) call.expectSize(index, shape.channels);
    float *dx = call.output(0, dims), *scale = call.output(1, channels), *offset = call.output(2, channels);
    call.expectDone(call.kernels().batchNormGradient(call.runtime(), shape, activation, call.input(0), call.input(1),
                                                     call.input(2), call.input(3), call.input(4), call.input(5), dx, scale,
                                                     offset));
  }
};

}  // namespace

void addBatchNorms(Operators& operators, OperatorList& list) { registerAll<BatchNorm, BatchNormGradient>(operators, list); }

}  // namespace hueristic
