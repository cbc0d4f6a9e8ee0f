// Passes over activations by channel: gradients of activations and batch norms, over x [images, channels, positions].
#pragma once
#include "vector.h"

namespace hueristic {
namespace HUERISTIC_FORM {

/** Calls each(channel) for all; tasks hold as many channels as make it worth a thread. */
template <class Each>
void overChannels(const Runtime& runtime, const ChannelShape& s, const Each& each) {
  const size_t size = larger(size_t(1), s.images * s.positions), perTask = larger(size_t(1), 16384 / size);
  parallel(runtime, partsOf(s.channels, perTask), [&](size_t task) {
    for (size_t c = task * perTask; c < smaller(s.channels, (task + 1) * perTask); c++) each(c);
  });
}

/** Calls whole(place) for every vector of a channel and part(place, count) for what is left of each image. */
template <class Whole, class Part>
void overChannel(const ChannelShape& s, size_t channel, const Whole& whole, const Part& part) {
  for (size_t n = 0; n < s.images; n++) {
    const size_t begin = (n * s.channels + channel) * s.positions, end = begin + s.positions;
    size_t i = begin;
    for (; i + lanes <= end; i += lanes) whole(i);
    if (i < end) part(i, end - i);
  }
}

/** Sums of all images are added in double precision: a channel may have millions of numbers. */
inline bool activationGradient(const Runtime& runtime, const ChannelShape& s, float alpha, const float* dy, const float* y,
                               float* dx, float* sums) {
  overChannels(runtime, s, [&](size_t c) {
    double total = 0;
    for (size_t n = 0; n < s.images; n++) {
      const ChannelShape one{1, s.channels, s.positions};
      const size_t image = n * s.channels * s.positions;
      Vector sum{};
      auto gradient = [&](Vector g, Vector out) { return out > Vector{} ? g : g * alpha; };
      overChannel(
          one, c,
          [&](size_t i) {
            const Vector g = gradient(load(dy + image + i), load(y + image + i));
            store(dx + image + i, g);
            sum += g;
          },
          [&](size_t i, size_t count) {
            const Vector g = gradient(loadPart(dy + image + i, count), loadPart(y + image + i, count));
            storePart(dx + image + i, g, count);
            sum += g;
          });
      total += double(sumOf(sum));
    }
    if (sums) sums[c] = float(total);
  });
  return true;
}

inline bool batchNorm(const Runtime& runtime, const ChannelShape& s, float epsilon, ActivationSettings activation,
                      const float* x, const float* scale, const float* offset, float* y, float* mean, float* variance,
                      float* inverse) {
  const float size = float(s.images * s.positions);
  overChannels(runtime, s, [&](size_t c) {
    Vector sum{};
    overChannel(
        s, c, [&](size_t i) { sum += load(x + i); }, [&](size_t i, size_t count) { sum += loadPart(x + i, count); });
    const float center = sumOf(sum) / size;
    Vector squares{};
    overChannel(
        s, c,
        [&](size_t i) {
          const Vector difference = load(x + i) - center;
          squares += difference * difference;
        },
        [&](size_t i, size_t count) {
          for (size_t k = i; k < i + count; k++) squares[0] += (x[k] - center) * (x[k] - center);
        });
    const float spread = sumOf(squares) / size, scaled = 1 / __builtin_sqrtf(spread + epsilon);
    mean[c] = center;
    variance[c] = spread;
    inverse[c] = scaled;
    const float factor = scaled * scale[c], shift = offset[c];
    auto normed = [&](Vector value) { return activated((value - center) * factor + shift, activation); };
    overChannel(
        s, c, [&](size_t i) { store(y + i, normed(load(x + i))); },
        [&](size_t i, size_t count) { storePart(y + i, normed(loadPart(x + i, count)), count); });
  });
  return true;
}

/**
 * With g = dL/dy through the activation and n numbers in a channel: dL/doffset = sum g, dL/dscale = inverse sum g (x - mean),
 * dL/dx = scale inverse (g - sum g / n - (x - mean) inverse^2 sum g (x - mean) / n).
 */
inline bool batchNormGradient(const Runtime& runtime, const ChannelShape& s, ActivationSettings activation, const float* dy,
                              const float* x, const float* scale, const float* offset, const float* mean,
                              const float* inverse, float* dx, float* scaleGradient, float* offsetGradient) {
  const float size = float(s.images * s.positions);
  const bool active = activation.kind != Activation::none;
  const float low = activation.kind == Activation::relu ? 0.0f : activation.alpha;
  overChannels(runtime, s, [&](size_t c) {
    const float center = mean[c], factor = inverse[c] * scale[c], shift = offset[c];
    // What the activation let through is seen from its input, which is computed again.
    auto through = [&](Vector g, Vector centered) {
      if (!active) return g;
      return centered * factor + shift > Vector{} ? g : g * low;
    };
    Vector sum{}, along{};
    overChannel(
        s, c,
        [&](size_t i) {
          const Vector centered = load(x + i) - center, g = through(load(dy + i), centered);
          sum += g;
          along += g * centered;
        },
        [&](size_t i, size_t count) {
          // Behind the end g is zero, and so is what it adds.
          const Vector centered = loadPart(x + i, count) - center, g = through(loadPart(dy + i, count), centered);
          sum += g;
          along += g * centered;
        });
    const float total = sumOf(sum), totalAlong = sumOf(along);
    offsetGradient[c] = total;
    scaleGradient[c] = totalAlong * inverse[c];
    const float average = total / size, slope = totalAlong / size * inverse[c] * inverse[c];
    auto gradient = [&](Vector g, Vector centered) {
      return (through(g, centered) - average - centered * slope) * factor;
    };
    overChannel(
        s, c, [&](size_t i) { store(dx + i, gradient(load(dy + i), load(x + i) - center)); },
        [&](size_t i, size_t count) {
          storePart(dx + i, gradient(loadPart(dy + i, count), loadPart(x + i, count) - center), count);
        });
  });
  return true;
}

}  // namespace HUERISTIC_FORM
}  // namespace hueristic
