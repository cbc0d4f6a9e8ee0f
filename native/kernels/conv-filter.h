// The gradient of a convolution's kernel: k counts positions of all images.
#pragma once
#include "field.h"
#include "transpose.h"

namespace hueristic {
namespace HUERISTIC_FORM {

/** Rows are taps (input, ky, kx), columns are outputs; the result is turned while it is kept. */
inline bool filterGradientOfLargeMaps(const Runtime& runtime, const ConvolutionShape& s, const float* x, const float* dy,
                                      float* dw) {
  const size_t taps = s.inputs * s.kernelHeight * s.kernelWidth, positions = s.outHeight * s.outWidth;
  const Field field(runtime, s, x);
  if (!field) return false;
  const Runs runs = field.runs();
  return product(
      runtime, taps, s.outputs, s.images * positions,
      [&](size_t m, size_t rows, size_t k, size_t count, float* to) {
        const size_t* offsets = field.offsets() + m;
        runs.cut(k, count, depth, [&](size_t place, size_t length, size_t from) {
          const float* source = field.base() + from;
          if (length <= width) return copyRowsTable.of[length](to + place, rowStride, source, offsets, rows);
          for (size_t r = 0; r < rows; r++) copyRun(to + r * rowStride + place, source + offsets[r], length);
        });
      },
      [&](size_t k, size_t count, size_t j, size_t columns, float* to) {
        const size_t rest = columns % width;
        if (rest) fillZero(to + columns / width * count * width, count * width);
        for (size_t place = 0; place < count;) {
          const size_t image = (k + place) / positions, position = (k + place) % positions;
          const size_t length = smaller(smaller(lanes, positions - position), count - place);
          for (size_t c = 0; c < columns; c += lanes)
            transposePart(dy + (image * s.outputs + j + c) * positions + position, positions, smaller(lanes, columns - c),
                          length, to + c / width * count * width + place * width + c % width, width);
          place += length;
        }
      },
      [&](size_t m, size_t rows, size_t j, size_t columns, const float* from, size_t stride) {
        for (size_t r = 0; r < rows; r += lanes)
          for (size_t c = 0; c < columns; c += lanes)
            transposePart(from + r * stride + c, stride, smaller(lanes, rows - r), smaller(lanes, columns - c),
                          dw + (j + c) * taps + m + r, taps);
      });
}

/** Where there are few positions the kernel outweighs all else: columns are taps as they lie in it, rows are outputs. */
inline bool filterGradientOfSmallMaps(const Runtime& runtime, const ConvolutionShape& s, const float* x, const float* dy,
                                      float* dw) {
  const size_t kernel = s.kernelHeight * s.kernelWidth, taps = s.inputs * kernel, positions = s.outHeight * s.outWidth;
  // As for a stride of one: taps that lie side by side in the kernel meet numbers side by side.
  ConvolutionShape padded = s;
  padded.strideY = padded.strideX = 1;
  padded.outHeight = (s.outHeight - 1) * s.strideY + 1;
  padded.outWidth = (s.outWidth - 1) * s.strideX + 1;
  const Field field(runtime, padded, x);
  if (!field) return false;
  const Runs runs = field.runs();
  const size_t* offsets = field.offsets();
  const bool fours = s.kernelWidth == 4 && s.dilationX == 1;
  return product(
      runtime, s.outputs, taps, s.images * positions,
      [&](size_t m, size_t rows, size_t k, size_t count, float* to) {
        for (size_t place = 0; place < count;) {
          const size_t image = (k + place) / positions, position = (k + place) % positions;
          const size_t length = smaller(positions - position, count - place);
          const float* from = dy + (image * s.outputs + m) * positions + position;
          for (size_t r = 0; r < rows; r++) copyRun(to + r * rowStride + place, from + r * positions, length);
          place += length;
        }
      },
      [&](size_t k, size_t count, size_t j, size_t columns, float* to) {
        if (columns % width) fillZero(to + columns / width * count * width, count * width);
        for (size_t i = 0; i < count; i++) {
          const size_t image = (k + i) / positions, position = (k + i) % positions;
          const size_t y = position / s.outWidth * s.strideY, x0 = position % s.outWidth * s.strideX;
          const float* from = field.base() + image * runs.imageStride + y * runs.rowStride + x0;
          for (size_t c = 0; c < columns; c += width) {
            float* panel = to + c * count + i * width;
            const size_t* of = offsets + j + c;
            const size_t filled = smaller(width, columns - c);
            if (fours)
              for (size_t t = 0; t < filled; t += 4) std::memcpy(panel + t, from + of[t], 4 * sizeof(float));
            else
              for (size_t t = 0; t < filled; t++) panel[t] = from[of[t]];
          }
        }
      },
      [&](size_t m, size_t rows, size_t j, size_t columns, const float* from, size_t stride) {
        for (size_t r = 0; r < rows; r++) copyRun(dw + (m + r) * taps + j, from + r * stride, columns);
      },
      dw);
}

inline bool filterGradient(const Runtime& runtime, const ConvolutionShape& s, const float* x, const float* dy, float* dw) {
  constexpr size_t fewPositions = 8;
  return s.outWidth <= fewPositions ? filterGradientOfSmallMaps(runtime, s, x, dy, dw)
                                    : filterGradientOfLargeMaps(runtime, s, x, dy, dw);
}

}  // namespace HUERISTIC_FORM
}  // namespace hueristic
