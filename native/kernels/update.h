// One pass over memory for an optimizer's update: all that it reads and writes of a number is done at once. The formulas are
// those of src/models/optimizers/rules.ts; each loop is vectorized by the compiler.
#pragma once
#include "vector.h"

namespace hueristic {
namespace HUERISTIC_FORM {

/** average + (value - average) rest: rest is 1 - decay. */
inline float movingAverage(float average, float value, float rest) { return average + (value - average) * rest; }

// Each has the number of its moments and how one number changes; p, a and b are parameter and moments.

struct Sgd {  // learningRate
  static constexpr int slots = 0;
  static void change(const float* n, float g, float& p, float&, float&) { p = p - g * n[0]; }
};

struct Momentum {  // momentum, learningRate
  static constexpr int slots = 1;
  static void change(const float* n, float g, float& p, float& a, float&) {
    a = a * n[0] + g;
    p = p - a * n[1];
  }
};

struct RmsProp {  // 1 - decay, epsilon, learningRate
  static constexpr int slots = 1;
  static void change(const float* n, float g, float& p, float& a, float&) {
    a = movingAverage(a, g * g, n[0]);
    p = p - g / (__builtin_sqrtf(a) + n[1]) * n[2];
  }
};

struct Adagrad {  // epsilon, learningRate
  static constexpr int slots = 1;
  static void change(const float* n, float g, float& p, float& a, float&) {
    a = a + g * g;
    p = p - g / (__builtin_sqrtf(a) + n[0]) * n[1];
  }
};

struct Adadelta {  // 1 - decay, epsilon, learningRate
  static constexpr int slots = 2;
  static void change(const float* n, float g, float& p, float& a, float& b) {
    a = movingAverage(a, g * g, n[0]);
    const float change = __builtin_sqrtf(b + n[1]) / __builtin_sqrtf(a + n[1]) * g;
    b = movingAverage(b, change * change, n[0]);
    p = p - change * n[2];
  }
};

struct Adam {  // beta1, 1 - beta1, beta2, 1 - beta2, stepSize, epsilon
  static constexpr int slots = 2;
  static void change(const float* n, float g, float& p, float& a, float& b) {
    a = a * n[0] + g * n[1];
    b = b * n[2] + g * g * n[3];
    p = p - a / (__builtin_sqrtf(b) + n[5]) * n[4];
  }
};

struct Adamax {  // 1 - beta1, beta2, epsilon, stepSize
  static constexpr int slots = 2;
  static void change(const float* n, float g, float& p, float& a, float& b) {
    a = movingAverage(a, g, n[0]);
    const float fading = b * n[1], size = __builtin_fabsf(g) + n[2];
    b = fading > size ? fading : size;
    p = p - a / b * n[3];
  }
};

struct AdamW {  // Adam's, shrink
  static constexpr int slots = 2;
  static void change(const float* n, float g, float& p, float& a, float& b) {
    p = p * n[6];
    Adam::change(n, g, p, a, b);
  }
};

/** Numbers of a task, whose sums are added in order; and of a stretch that stays in the nearest cache. */
constexpr size_t updateTask = 1 << 15, updateStretch = 1 << 11;

template <class Rule>
void updateStretchOf(const UpdateArguments& u, size_t begin, size_t end) {
  const float *p = u.parameter, *g = u.gradient, *a = u.slots[0], *b = u.slots[1];
  float *p1 = u.nextParameter, *a1 = u.nextSlots[0], *b1 = u.nextSlots[1];
  float n[mostNumbers];
  std::memcpy(n, u.numbers, sizeof n);
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#else
#pragma GCC ivdep
#endif
  for (size_t i = begin; i < end; i++) {
    float parameter = p[i], first = Rule::slots > 0 ? a[i] : 0.0f, second = Rule::slots > 1 ? b[i] : 0.0f;
    Rule::change(n, g[i], parameter, first, second);
    p1[i] = parameter;
    if (Rule::slots > 0) a1[i] = first;
    if (Rule::slots > 1) b1[i] = second;
  }
}

inline float sumOfSquares(const float* from, size_t count) {
  Vector sums[4] = {};
  size_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes)
    for (size_t part = 0; part < 4; part++) {
      const Vector value = load(from + i + part * lanes);
      sums[part] += value * value;
    }
  float rest = 0;
  for (; i < count; i++) rest += from[i] * from[i];
  return sumOf(sums[0] + sums[1] + sums[2] + sums[3]) + rest;
}

/** Calls each(begin, end) for stretches of `size` numbers and adds what it returns, in an order that no thread changes. */
template <class Each>
bool summedByTasks(const Runtime& runtime, size_t size, float* result, const Each& each) {
  const size_t tasks = partsOf(size, updateTask);
  Scratch<double> sums(runtime, tasks);
  if (!sums) return false;
  parallel(runtime, tasks, [&](size_t task) {
    const size_t end = smaller(size, (task + 1) * updateTask);
    double sum = 0;
    for (size_t begin = task * updateTask; begin < end; begin += updateStretch)
      sum += each(begin, smaller(end, begin + updateStretch));
    sums[task] = sum;
  });
  if (!result) return true;
  double total = 0;
  for (size_t task = 0; task < tasks; task++) total += sums[task];
  *result = float(total);
  return true;
}

inline bool squareSum(const Runtime& runtime, size_t size, const float* x, float* sum) {
  return summedByTasks(runtime, size, sum,
                       [&](size_t begin, size_t end) { return double(sumOfSquares(x + begin, end - begin)); });
}

template <class Rule>
bool updateBy(const Runtime& runtime, const UpdateArguments& u, float* squareSum) {
  return summedByTasks(runtime, u.size, squareSum, [&](size_t begin, size_t end) {
    updateStretchOf<Rule>(u, begin, end);
    return squareSum ? double(sumOfSquares(u.gradient + begin, end - begin)) : 0.0;
  });
}

inline bool update(const Runtime& runtime, hueristic::Rule rule, const UpdateArguments& u, float* squareSum) {
  switch (rule) {
    case hueristic::Rule::sgd: return updateBy<Sgd>(runtime, u, squareSum);
    case hueristic::Rule::momentum: return updateBy<Momentum>(runtime, u, squareSum);
    case hueristic::Rule::rmsprop: return updateBy<RmsProp>(runtime, u, squareSum);
    case hueristic::Rule::adagrad: return updateBy<Adagrad>(runtime, u, squareSum);
    case hueristic::Rule::adadelta: return updateBy<Adadelta>(runtime, u, squareSum);
    case hueristic::Rule::adam: return updateBy<Adam>(runtime, u, squareSum);
    case hueristic::Rule::adamax: return updateBy<Adamax>(runtime, u, squareSum);
    case hueristic::Rule::adamw: return updateBy<AdamW>(runtime, u, squareSum);
  }
  return false;
}

}  // namespace HUERISTIC_FORM
}  // namespace hueristic
