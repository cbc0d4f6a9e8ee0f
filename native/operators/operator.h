// What an operator is written against: its node's attributes, its inputs and outputs, threads and scratch memory.
//
// An operator is a class with `static constexpr Signature signature`, a constructor from Attributes and `void compute(Call&)`.
#pragma once
#include <initializer_list>
#include <vector>

#include "operators.h"

namespace hueristic {

using Dims = std::vector<int64_t>;

inline size_t sizeOf(const Dims& dims) {
  size_t size = 1;
  for (int64_t length : dims) size *= static_cast<size_t>(length);
  return size;
}

/** [images, channels, …] with all that follows as positions. */
inline ChannelShape channelShape(const Dims& dims) {
  if (dims.size() < 2 || dims[0] == 0 || dims[1] == 0) throw Failure("expected images and channels");
  const size_t images = static_cast<size_t>(dims[0]), channels = static_cast<size_t>(dims[1]);
  return {images, channels, sizeOf(dims) / images / channels};
}

struct Signature {
  const char* name;
  size_t inputs;
  size_t requiredInputs;
  size_t outputs;
  size_t requiredOutputs;
  /** Output 0 may take the place of this input where nobody else reads it; -1 for none. */
  int reusedInput;
};

class Attributes {
 public:
  explicit Attributes(const ort::KernelInfo* info) : info_(info) {}
  float number(const char* name) const {
    float value = 0;
    check(api().KernelInfoGetAttribute_float(info_, name, &value));
    return value;
  }
  size_t count(const char* name) const {
    int64_t value = 0;
    check(api().KernelInfoGetAttribute_int64(info_, name, &value));
    if (value < 0) throw Failure(std::string(name) + " must not be negative");
    return static_cast<size_t>(value);
  }
  /** "activation" (0 none, 1 ReLU, 2 leaky ReLU) and its "alpha". */
  ActivationSettings activation() const {
    const size_t kind = count("activation");
    if (kind > 2) throw Failure("there is no activation " + std::to_string(kind));
    return {static_cast<Activation>(kind), number("alpha")};
  }

 private:
  const ort::KernelInfo* info_;
};

/** One call of an operator. */
class Call {
 public:
  Call(Operators& operators, ort::KernelContext* context) : operators_(operators), context_(context) {
    runtime_.context = this;
    runtime_.parallel = [](void* self, size_t count, void (*task)(void*, size_t), void* argument) {
      static_cast<Call*>(self)->parallel(count, task, argument);
    };
    runtime_.borrow = [](void* self, size_t bytes) { return static_cast<Call*>(self)->operators_.scratch().borrow(bytes); };
    runtime_.giveBack = [](void* self, void* data) { static_cast<Call*>(self)->operators_.scratch().giveBack(data); };
    check(api().KernelContext_GetInputCount(context, &inputCount_));
  }

  const Kernels& kernels() const { return operators_.kernels(); }
  const Runtime& runtime() const { return runtime_; }

  bool has(size_t index) const { return index < inputCount_ && value(index) != nullptr; }

  const float* input(size_t index) const {
    void* data = nullptr;
    check(api().GetTensorMutableData(const_cast<ort::Value*>(value(index)), &data));
    return static_cast<const float*>(data);
  }

  const float* optionalInput(size_t index) const { return has(index) ? input(index) : nullptr; }

  Dims dims(size_t index) const {
    Owned<ort::TensorInfo> info(api().ReleaseTensorTypeAndShapeInfo);
    check(api().GetTensorTypeAndShape(value(index), info.receive()));
    size_t rank = 0;
    check(api().GetDimensionsCount(info.get(), &rank));
    Dims lengths(rank);
    check(api().GetDimensions(info.get(), lengths.data(), rank));
    return lengths;
  }

  /** The dimensions of an input that must have four. */
  Dims dims4(size_t index) const {
    Dims lengths = dims(index);
    if (lengths.size() != 4) throw Failure("input " + std::to_string(index) + " must have 4 dimensions");
    return lengths;
  }

  /** Fails unless the input has `size` numbers. */
  void expectSize(size_t index, size_t size) const {
    if (sizeOf(dims(index)) != size)
      throw Failure("input " + std::to_string(index) + " must have " + std::to_string(size) + " numbers");
  }

  /** Null for an output that the node leaves out. */
  float* output(size_t index, const Dims& lengths) {
    ort::Value* made = nullptr;
    check(api().KernelContext_GetOutput(context_, index, lengths.data(), lengths.size(), &made));
    if (!made) return nullptr;
    void* data = nullptr;
    check(api().GetTensorMutableData(made, &data));
    return static_cast<float*>(data);
  }

  /** Kernels say so when scratch memory ran out. */
  void expectDone(bool done) const {
    if (!done) throw Failure("out of memory");
  }

 private:
  const ort::Value* value(size_t index) const {
    const ort::Value* found = nullptr;
    check(api().KernelContext_GetInput(context_, index, &found));
    return found;
  }

  void parallel(size_t count, void (*task)(void*, size_t), void* argument) {
    if (count == 1) task(argument, 0);
    else if (count > 0) check(api().KernelContext_ParallelFor(context_, task, count, 0, argument));
  }

  Operators& operators_;
  ort::KernelContext* context_;
  Runtime runtime_{};
  size_t inputCount_ = 0;
};

/** Runs `act`; what it throws becomes ONNX Runtime's status. */
template <class Act>
ort::Status* asStatus(const Act& act) {
  const int fail = 1;
  try {
    act();
    return nullptr;
  } catch (const std::exception& error) {
    return api().CreateStatus(fail, error.what());
  }
}

/** Operator `T` as the table of functions that ONNX Runtime calls. */
template <class T>
struct Registered : ort::CustomOp {
  Operators& operators;

  struct Kernel {
    T op;
    Operators& operators;
  };

  explicit Registered(Operators& all) : ort::CustomOp{}, operators(all) {
    version = ort::apiVersion;
    GetName = [](const CustomOp*) { return T::signature.name; };
    GetExecutionProviderType = [](const CustomOp*) { return "CPUExecutionProvider"; };
    GetInputType = [](const CustomOp*, size_t) { return int{ort::float32}; };
    GetInputTypeCount = [](const CustomOp*) { return T::signature.inputs; };
    GetOutputType = [](const CustomOp*, size_t) { return int{ort::float32}; };
    GetOutputTypeCount = [](const CustomOp*) { return T::signature.outputs; };
    GetInputCharacteristic = [](const CustomOp*, size_t i) { return i < T::signature.requiredInputs ? 0 : 1; };
    GetOutputCharacteristic = [](const CustomOp*, size_t i) { return i < T::signature.requiredOutputs ? 0 : 1; };
    GetInputMemoryType = [](const CustomOp*, size_t) { return 0; };
    GetVariadicInputMinArity = GetVariadicInputHomogeneity = [](const CustomOp*) { return 1; };
    GetVariadicOutputMinArity = GetVariadicOutputHomogeneity = [](const CustomOp*) { return 1; };
    GetStartVersion = GetEndVersion = [](const CustomOp*) { return 1; };
    CreateKernelV2 = [](const CustomOp* self, const ort::RawApi*, const ort::KernelInfo* info, void** kernel) {
      return asStatus([&] { *kernel = new Kernel{T(Attributes(info)), static_cast<const Registered*>(self)->operators}; });
    };
    KernelComputeV2 = [](void* kernel, ort::KernelContext* context) {
      return asStatus([&] {
        auto self = static_cast<Kernel*>(kernel);
        Call call(self->operators, context);
        self->op.compute(call);
      });
    };
    KernelDestroy = [](void* kernel) { delete static_cast<Kernel*>(kernel); };
    if (T::signature.reusedInput >= 0) {
      GetMayInplace = [](int** inputs, int** outputs) -> size_t {
        *inputs = new int(T::signature.reusedInput);
        *outputs = new int(0);
        return 1;
      };
      ReleaseMayInplace = [](int* inputs, int* outputs) {
        delete inputs;
        delete outputs;
      };
    }
  }
};

/** Shared pointers know what they were made as, and delete that. */
using OperatorList = std::vector<std::shared_ptr<ort::CustomOp>>;

template <class... T>
void registerAll(Operators& operators, OperatorList& list) {
  (list.push_back(std::make_shared<Registered<T>>(operators)), ...);
}

// One a file.
void addOptimizers(Operators&, OperatorList&);
void addConvolutions(Operators&, OperatorList&);
void addActivations(Operators&, OperatorList&);
void addBatchNorms(Operators&, OperatorList&);

}  // namespace hueristic
