// Vectors of the width that this form of the kernels is compiled for, by the vector extensions of GCC and Clang.
//
// Everything in these files lies in a namespace of its form, and nothing of the standard library is used: the linker keeps
// one copy of an inline function, and one compiled for AVX-512 must not become that of all.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels.h"

#ifndef HUERISTIC_FORM
#error "HUERISTIC_FORM names the form that is compiled: baseline, avx2 or avx512"
#endif

namespace hueristic {
namespace HUERISTIC_FORM {

#if defined(__AVX512F__)
constexpr size_t lanes = 16;
constexpr int mostRows = 14;
#elif defined(__AVX2__)
constexpr size_t lanes = 8;
constexpr int mostRows = 6;
#elif defined(__aarch64__)
constexpr size_t lanes = 4;
constexpr int mostRows = 14;
#else
constexpr size_t lanes = 4;
constexpr int mostRows = 6;
#endif

typedef float Vector __attribute__((vector_size(lanes * sizeof(float))));
typedef float UnalignedVector __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const UnalignedVector*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<UnalignedVector*>(to) = value; }
inline Vector splat(float value) { return value - Vector{}; }

inline float sumOf(Vector value) {
  // Halves are added to halves, in the same order everywhere.
  float part[lanes];
  std::memcpy(part, &value, sizeof part);
  for (size_t half = lanes / 2; half > 0; half /= 2)
    for (size_t i = 0; i < half; i++) part[i] += part[i + half];
  return part[0];
}

/** The first `count` < lanes numbers, zero behind them. */
inline Vector loadPart(const float* from, size_t count) {
  float part[lanes] = {};
  for (size_t i = 0; i < count; i++) part[i] = from[i];
  return load(part);
}

inline void storePart(float* to, Vector value, size_t count) {
  float part[lanes];
  std::memcpy(part, &value, sizeof part);
  for (size_t i = 0; i < count; i++) to[i] = part[i];
}

template <class T>
constexpr T smaller(T a, T b) {
  return b < a ? b : a;
}
template <class T>
constexpr T larger(T a, T b) {
  return a < b ? b : a;
}
constexpr size_t partsOf(size_t whole, size_t part) { return (whole + part - 1) / part; }

/** Fewer numbers than a vector has. */
inline void copyPart(float* to, const float* from, size_t count) {
  if (lanes > 8 && count & 8) {
    std::memcpy(to, from, 32);
    to += 8, from += 8;
  }
  if (lanes > 4 && count & 4) {
    std::memcpy(to, from, 16);
    to += 4, from += 4;
  }
  if (count & 2) {
    std::memcpy(to, from, 8);
    to += 2, from += 2;
  }
  if (count & 1) *to = *from;
}

/** Copies without a call: most runs are short. */
inline void copyRun(float* to, const float* from, size_t count) {
  for (; count >= lanes; count -= lanes, to += lanes, from += lanes) store(to, load(from));
  copyPart(to, from, count);
}

inline void fillZero(float* to, size_t count) { std::memset(to, 0, count * sizeof(float)); }

/** Calls task(index) for every index below `count`, on all threads. */
template <class Task>
void parallel(const Runtime& runtime, size_t count, const Task& task) {
  runtime.parallel(
      runtime.context, count, [](void* self, size_t index) { (*static_cast<const Task*>(self))(index); },
      const_cast<Task*>(&task));
}

/** Borrowed memory for `size` values of T, from which reading up to a vector too far is allowed; false where there is none. */
template <class T>
class Scratch {
 public:
  Scratch(const Runtime& runtime, size_t size)
      : runtime_(runtime), data_(static_cast<T*>(runtime.borrow(runtime.context, size * sizeof(T) + 64))) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { runtime_.giveBack(runtime_.context, data_); }
  explicit operator bool() const { return data_ != nullptr; }
  T* get() const { return data_; }
  T& operator[](size_t index) const { return data_[index]; }

 private:
  const Runtime& runtime_;
  T* data_;
};

/** Said by any task, asked when all are done. */
class Shortage {
 public:
  void report() { __atomic_store_n(&short_, true, __ATOMIC_RELAXED); }
  bool none() const { return !__atomic_load_n(&short_, __ATOMIC_RELAXED); }

 private:
  bool short_ = false;
};

inline Vector activated(Vector value, ActivationSettings activation) {
  // Written so that NaN stays NaN.
  if (activation.kind == Activation::none) return value;
  const Vector low = activation.kind == Activation::relu ? Vector{} : value * activation.alpha;
  return value < Vector{} ? low : value;
}

}  // namespace HUERISTIC_FORM
}  // namespace hueristic
