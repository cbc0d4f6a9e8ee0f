// The operators of domain "hueristic" that one session may use.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "../kernels/kernels.h"
#include "../runtime.h"
#include "scratch.h"

namespace hueristic {

class Operators {
 public:
  /** `kernels` names their form; empty for the fastest one here. */
  explicit Operators(const std::string& kernels);
  ~Operators();
  void addTo(ort::SessionOptions* options);

  const Kernels& kernels() const { return kernels_; }
  ScratchPool& scratch() { return scratch_; }

 private:
  const Kernels& kernels_;
  ScratchPool scratch_;
  Owned<ort::CustomOpDomain> domain_;
  std::vector<std::shared_ptr<ort::CustomOp>> operators_;
};

}  // namespace hueristic
