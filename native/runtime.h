// ONNX Runtime as this process has loaded it, and what its failures become.
#pragma once
#include <stdexcept>
#include <string>

#include "ort.h"

namespace hueristic {

/** Becomes a JavaScript error, or a failed status of ONNX Runtime inside operators. */
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/**
 * Opens the library at `path` (once a process; later calls must name the same) and returns its version, such as "1.30.0".
 * Its telemetry is off: ORT_DISABLE_TELEMETRY stands in the environment before it is loaded.
 */
std::string openRuntime(const std::string& path);

/** The entries of the library that openRuntime opened. */
const ort::Api& api();

/** Lives as long as the process: ONNX Runtime has one, which every session shares, those of onnxruntime-node among them. */
ort::Env* environment();

/** Throws what a failed status says. */
void check(ort::Status* status);

/** Frees what ONNX Runtime made, by one of its Release functions. */
template <class T>
class Owned {
 public:
  explicit Owned(void (*release)(T*)) : release_(release) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { reset(); }
  /** Where a Create function puts its result. */
  T** receive() {
    reset();
    return &value_;
  }
  T* get() const { return value_; }

 private:
  void reset() {
    if (value_) release_(value_);
    value_ = nullptr;
  }
  T* value_ = nullptr;
  void (*release_)(T*);
};

/**
 * While it lives, numbers too small for the usual form count as zero on this thread. ONNX Runtime sets this on threads of
 * its own (session.set_denormal_as_zero) but computes on the calling thread too, which is any of libuv's.
 */
class DenormalsAreZero {
 public:
  DenormalsAreZero();
  ~DenormalsAreZero();
  DenormalsAreZero(const DenormalsAreZero&) = delete;
  DenormalsAreZero& operator=(const DenormalsAreZero&) = delete;

 private:
  uint64_t former_ = 0;
};

}  // namespace hueristic
