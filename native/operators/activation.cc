// ActivationGradient: dy, y [images, channels, …] -> dx, sums of dx over all but the channels [channels] or none.
// Attribute alpha: 0 for a ReLU, the slope of a leaky one, whose output has the sign of its input.
#include "operator.h"

namespace hueristic {

namespace {

struct ActivationGradient {
  static constexpr Signature signature{"ActivationGradient", 2, 2, 2, 1, 0};
  float alpha;

  explicit ActivationGradient(const Attributes& attributes) : alpha(attributes.number("alpha")) {}

  void compute(Call& call) const {
    const Dims dims = call.dims(0);
    const ChannelShape shape = channelShape(dims);
    call.expectSize(1, sizeOf(dims));
    float* dx = call.output(0, dims);
    float* sums = call.output(1, {static_cast<int64_t>(shape.channels)});
    call.expectDone(
        call.kernels().activationGradient(call.runtime(), shape, alpha, call.input(0), call.input(1), dx, sums));
  }
};

}  // namespace

void addActivations(Operators& operators, OperatorList& list) { registerAll<ActivationGradient>(operators, list); }

}  // namespace hueristic
