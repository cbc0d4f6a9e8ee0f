// A graph that ONNX Runtime computes over arrays that lie elsewhere: nothing is copied in or out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "operators/operators.h"
#include "runtime.h"

namespace hueristic {

/** An input or output of a graph. */
struct Port {
  std::string name;
  int type;
  std::vector<int64_t> dims;
  size_t bytes;
};

/** Memory that a run reads or writes. */
struct Array {
  std::string name;
  int type;
  void* data;
  size_t bytes;
};

struct SessionSettings {
  int threads = 1;
  /** Name of a form of the kernels; empty for the fastest that this processor has. */
  std::string kernels;
};

class Session {
 public:
  /** Throws ONNX Runtime's words where it does not take the model. */
  Session(const void* model, size_t bytes, const SessionSettings& settings);

  const std::vector<Port>& inputs() const { return inputs_; }
  const std::vector<Port>& outputs() const { return outputs_; }

  /** Computes once. Every input and output has its array; an array may be both an input and an output, then it changes. */
  void run(const std::vector<Array>& inputs, const std::vector<Array>& outputs);

  /**
   * Computes `count` times. An array of `state` is input "<name>" and output "<name>/next" of each; `stacked` hold `count`
   * times what an input takes, one after the other; `losses` count times the output "losses".
   */
  void runSteps(size_t count, const std::vector<Array>& state, const std::vector<Array>& stacked, const Array& losses);

 private:
  class Binding;
  const Port& input(const std::string& name) const;
  const Port& output(const std::string& name) const;

  // In this order: the session uses operators, operators use scratch memory.
  std::unique_ptr<Operators> operators_;
  Owned<ort::Session> session_;
  std::vector<Port> inputs_;
  std::vector<Port> outputs_;
};

}  // namespace hueristic
