#include "operators.h"

#include "operator.h"

namespace hueristic {

Operators::Operators(const std::string& kernels)
    : kernels_(findKernels(kernels.c_str()) ? *findKernels(kernels.c_str()) : throw Failure("no kernels " + kernels)),
      domain_(api().ReleaseCustomOpDomain) {
  addOptimizers(*this, operators_);
  addConvolutions(*this, operators_);
  addActivations(*this, operators_);
  addBatchNorms(*this, operators_);
}

Operators::~Operators() = default;

void Operators::addTo(ort::SessionOptions* options) {
  check(api().CreateCustomOpDomain("hueristic", domain_.receive()));
  for (const auto& op : operators_) check(api().CustomOpDomain_Add(domain_.get(), op.get()));
  check(api().AddCustomOpDomain(options, domain_.get()));
}

}  // namespace hueristic
