// Convolution: rows are outputs, columns are positions of all images, k counts taps (input, ky, kx).
#pragma once
#include "field.h"

namespace hueristic {
namespace HUERISTIC_FORM {

inline bool convolution(const Runtime& runtime, const ConvolutionShape& s, const float* x, const float* w,
                        const float* bias, ActivationSettings activation, float* y) {
  const size_t taps = s.inputs * s.kernelHeight * s.kernelWidth, positions = s.outHeight * s.outWidth;
  const Field field(runtime, s, x);
  if (!field) return false;
  return product(
      runtime, s.outputs, s.images * positions, taps,
      [&](size_t m, size_t rows, size_t k, size_t count, float* to) {
        for (size_t r = 0; r < rows; r++) copyRun(to + r * rowStride, w + (m + r) * taps + k, count);
      },
      [&](size_t k, size_t count, size_t j, size_t columns, float* to) {
        packRuns(field.base(), field.runs(), field.offsets() + k, count, j, columns, to);
      },
      [&](size_t m, size_t rows, size_t j, size_t columns, const float* from, size_t stride) {
        for (size_t place = 0; place < columns;) {
          const size_t image = (j + place) / positions, position = (j + place) % positions;
          const size_t length = smaller(positions - position, columns - place);
          for (size_t r = 0; r < rows; r++) {
            const Vector offset = splat(bias ? bias[m + r] : 0.0f);
            const float* sums = from + r * stride + place;
            float* to = y + (image * s.outputs + m + r) * positions + position;
            size_t i = 0;
            for (; i + lanes <= length; i += lanes) store(to + i, activated(load(sums + i) + offset, activation));
            if (i < length) {
              // The block has room for a whole vector behind its last number.
              alignas(64) float last[lanes];
              store(last, activated(load(sums + i) + offset, activation));
              copyPart(to + i, last, length - i);
            }
          }
          place += length;
        }
      });
}

}  // namespace HUERISTIC_FORM
}  // namespace hueristic
