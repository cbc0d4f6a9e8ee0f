// The gradient of a convolution's input, which is also the forward pass of a transposed convolution.
#pragma once
#include "field.h"
#include "transpose.h"

namespace hueristic {
namespace HUERISTIC_FORM {

/** dy [images, outputs, positions] as [images, positions, outputs]. */
inline void turnedImages(const Runtime& runtime, const ConvolutionShape& s, const float* dy, float* to) {
  const size_t positions = s.outHeight * s.outWidth, blocks = partsOf(s.outputs, lanes);
  parallel(runtime, s.images * blocks, [&](size_t task) {
    const size_t image = task / blocks, o = task % blocks * lanes, outputs = smaller(lanes, s.outputs - o);
    for (size_t p = 0; p < positions; p += lanes)
      transposePart(dy + (image * s.outputs + o) * positions + p, positions, outputs, smaller(lanes, positions - p),
                    to + (image * positions + p) * s.outputs + o, s.outputs);
  });
}

/**
 * Few positions: a product that reads the kernel once, as it lies. Rows are positions, columns (input, ky, kx); what a
 * position gives to its neighbourhood is added there while it is in the cache.
 */
inline bool inputGradientOfSmallMaps(const Runtime& runtime, const ConvolutionShape& s, const float* dy, const float* w,
                                     const float* bias, float* dx) {
  const size_t positions = s.outHeight * s.outWidth, kernel = s.kernelHeight * s.kernelWidth;
  const size_t rowCount = s.images * positions, taps = s.inputs * kernel;
  // Inputs of a task: their taps fill whole panels.
  const size_t block = kernel * 16 % width == 0 ? 16 : width;
  const size_t columns = block * kernel;
  Scratch<float> turned(runtime, positions == 1 ? 0 : rowCount * s.outputs);
  if (!turned) return false;
  if (positions > 1) turnedImages(runtime, s, dy, turned.get());
  const float* a = positions == 1 ? dy : turned.get();

  constexpr size_t mostResult = 1 << 17, leastTasks = 8;
  const size_t blocks = partsOf(s.inputs, block);
  size_t groups = larger(size_t(1), smaller(s.images, partsOf(rowCount * columns, mostResult)));
  if (blocks * groups < leastTasks) groups = smaller(s.images, partsOf(leastTasks, blocks));
  const size_t perGroup = partsOf(s.images, groups);
  groups = partsOf(s.images, perGroup);
  const size_t tileHeight = (s.outHeight - 1) * s.strideY + (s.kernelHeight - 1) * s.dilationY + 1;
  const size_t tileWidth = (s.outWidth - 1) * s.strideX + (s.kernelWidth - 1) * s.dilationX + 1;

  Shortage shortage;
  parallel(runtime, blocks * groups, [&](size_t task) {
    const size_t image = task % groups * perGroup, images = smaller(perGroup, s.images - image);
    const size_t input = task / groups * block, inputs = smaller(block, s.inputs - input);
    const size_t rows = images * positions, used = inputs * kernel, panels = partsOf(used, width);
    const size_t height = partsOf(rows, partsOf(rows, size_t(mostRows)));
    const size_t sizeOfB = depth * panels * width, sizeOfC = rows * columns;
    Scratch<float> scratch(runtime, packedRowsSize + sizeOfB + sizeOfC + tileHeight * tileWidth);
    if (!scratch) return shortage.report();
    float *packedA = scratch.get(), *b = packedA + packedRowsSize, *c = b + sizeOfB, *tile = c + sizeOfC;

    for (size_t k = 0; k < s.outputs; k += depth) {
      const size_t count = smaller(depth, s.outputs - k);
      if (used % width) fillZero(b + (panels - 1) * count * width, count * width);
      for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < used; j += width)
          copyRun(b + j * count + i * width, w + (k + i) * taps + input * kernel + j, smaller(width, used - j));
      for (size_t m = 0; m < rows; m += height) {
        const size_t some = smaller(height, rows - m);
        for (size_t r = 0; r < some; r++)
          copyRun(packedA + r * rowStride, a + (image * positions + m + r) * s.outputs + k, count);
        for (size_t p = 0; p < panels; p++)
          microProducts.of[some](count, packedA, b + p * count * width, c + m * columns + p * width, columns, k == 0);
      }
    }

    for (size_t n = 0; n < images; n++)
      for (size_t i = 0; i < inputs; i++) {
        fillZero(tile, tileHeight * tileWidth);
        for (size_t y = 0; y < s.outHeight; y++)
          for (size_t x = 0; x < s.outWidth; x++) {
            const float* from = c + (n * positions + y * s.outWidth + x) * columns + i * kernel;
            float* to = tile + y * s.strideY * tileWidth + x * s.strideX;
            for (size_t ky = 0; ky < s.kernelHeight; ky++, from += s.kernelWidth, to += s.dilationY * tileWidth) {
              if (s.kernelWidth == 4 && s.dilationX == 1)
                for (size_t kx = 0; kx < 4; kx++) to[kx] += from[kx];
              else
                for (size_t kx = 0; kx < s.kernelWidth; kx++) to[kx * s.dilationX] += from[kx];
            }
          }
        const float offset = bias ? bias[input + i] : 0.0f;
        float* plane = dx + ((image + n) * s.inputs + input + i) * s.inHeight * s.inWidth;
        const size_t reached = tileWidth > s.left ? smaller(s.inWidth, tileWidth - s.left) : 0;
        for (size_t y = 0; y < s.inHeight; y++, plane += s.inWidth) {
          const size_t inside = y + s.top < tileHeight ? reached : 0;
          for (size_t x = 0; x < inside; x++) plane[x] = tile[(y + s.top) * tileWidth + x + s.left] + offset;
          for (size_t x = inside; x < s.inWidth; x++) plane[x] = offset;
        }
      }
  });
  return shortage.none();
}

/** From which number of dy, counted from that of the first in the phase, tap k comes; false where it reaches no such phase. */
inline bool tapOffset(size_t phase, size_t before, size_t k, size_t dilation, size_t stride, ptrdiff_t* offset) {
  const ptrdiff_t distance = ptrdiff_t(phase + before) - ptrdiff_t(k * dilation), step = ptrdiff_t(stride);
  if (distance % step != 0) return false;
  *offset = distance / step;
  return true;
}

/** How far beyond dy the taps of all phases reach, at either side. */
inline void reach(size_t size, size_t outSize, size_t before, size_t kernel, size_t dilation, size_t stride, size_t* low,
                  size_t* high) {
  *low = *high = 0;
  for (size_t phase = 0; phase < smaller(stride, size); phase++)
    for (size_t k = 0; k < kernel; k++) {
      ptrdiff_t offset;
      if (!tapOffset(phase, before, k, dilation, stride, &offset)) continue;
      const ptrdiff_t last = offset + ptrdiff_t(partsOf(size - phase, stride)) - 1;
      if (offset < 0) *low = larger(*low, size_t(-offset));
      if (last >= ptrdiff_t(outSize)) *high = larger(*high, size_t(last - ptrdiff_t(outSize) + 1));
    }
}

/** For every phase of the stride a convolution of dy with those taps that reach it. */
inline bool inputGradientOfLargeMaps(const Runtime& runtime, const ConvolutionShape& s, const float* dy, const float* w,
                                     const float* bias, float* dx) {
  size_t above, below, before, behind;
  reach(s.inHeight, s.outHeight, s.top, s.kernelHeight, s.dilationY, s.strideY, &above, &below);
  reach(s.inWidth, s.outWidth, s.left, s.kernelWidth, s.dilationX, s.strideX, &before, &behind);
  ConvolutionShape padded{s.images, s.outputs, s.outHeight, s.outWidth, 0, s.outHeight + above + below,
                          s.outWidth + before + behind, 1, 1, 1, 1, 1, 1, above, before};
  const Field field(runtime, padded, dy);
  const size_t kernel = s.kernelHeight * s.kernelWidth;
  Scratch<float> phaseKernel(runtime, s.inputs * s.outputs * kernel);
  Scratch<size_t> offsets(runtime, s.outputs * kernel), tapOf(runtime, kernel);
  if (!field || !phaseKernel || !offsets || !tapOf) return false;
  const size_t imageStride = field.runs().imageStride, lineStride = field.runs().rowStride;
  const size_t planeStride = imageStride / s.outputs;

  for (size_t py = 0; py < smaller(s.strideY, s.inHeight); py++)
    for (size_t px = 0; px < smaller(s.strideX, s.inWidth); px++) {
      const size_t rows = partsOf(s.inHeight - py, s.strideY), columns = partsOf(s.inWidth - px, s.strideX);
      size_t taps = 0;
      for (size_t ky = 0; ky < s.kernelHeight; ky++)
        for (size_t kx = 0; kx < s.kernelWidth; kx++) {
          ptrdiff_t y, x;
          if (!tapOffset(py, s.top, ky, s.dilationY, s.strideY, &y)) continue;
          if (!tapOffset(px, s.left, kx, s.dilationX, s.strideX, &x)) continue;
          tapOf[taps] = ky * s.kernelWidth + kx;
          const size_t at = size_t(y + ptrdiff_t(above)) * lineStride + size_t(x + ptrdiff_t(before));
          for (size_t o = 0; o < s.outputs; o++) offsets[o * kernel + taps] = o * planeStride + at;
          taps++;
        }
      // Offsets and kernels [input][output][tap] without the places of taps that are not there.
      for (size_t o = 0; o < s.outputs; o++)
        for (size_t t = 0; t < taps; t++) offsets[o * taps + t] = offsets[o * kernel + t];
      const size_t k = s.outputs * taps;
      constexpr size_t inputsOfTask = 16;
      parallel(runtime, partsOf(s.inputs, inputsOfTask), [&](size_t task) {
        const size_t end = smaller(s.inputs, (task + 1) * inputsOfTask);
        for (size_t o = 0; o < s.outputs; o++)
          for (size_t i = task * inputsOfTask; i < end; i++) {
            const float* from = w + (o * s.inputs + i) * kernel;
            float* to = phaseKernel.get() + i * k + o * taps;
            for (size_t t = 0; t < taps; t++) to[t] = from[tapOf[t]];
          }
      });

      const Runs runs{s.images, rows, columns, imageStride, lineStride};
      const size_t positions = rows * columns;
      const bool done = product(
          runtime, s.inputs, s.images * positions, k,
          [&](size_t m, size_t count, size_t k0, size_t length, float* to) {
            for (size_t r = 0; r < count; r++) copyRun(to + r * rowStride, phaseKernel.get() + (m + r) * k + k0, length);
          },
          [&](size_t k0, size_t length, size_t j, size_t count, float* to) {
            packRuns(field.base(), runs, offsets.get() + k0, length, j, count, to);
          },
          [&](size_t m, size_t count, size_t j, size_t length, const float* from, size_t stride) {
            for (size_t place = 0; place < length;) {
              const size_t image = (j + place) / positions, position = (j + place) % positions;
              const size_t x = position % columns, run = smaller(columns - x, length - place);
              for (size_t r = 0; r < count; r++) {
                const float offset = bias ? bias[m + r] : 0.0f;
                // Where no tap reaches this phase nothing was summed.
                const float* sums = from + r * stride + place;
                float* to = dx + ((image * s.inputs + m + r) * s.inHeight + position / columns * s.strideY + py) * s.inWidth +
                            x * s.strideX + px;
                if (k == 0)
                  for (size_t q = 0; q < run; q++) to[q * s.strideX] = offset;
                else if (s.strideX == 1)
                  for (size_t q = 0; q < run; q++) to[q] = sums[q] + offset;
                else
                  for (size_t q = 0; q < run; q++) to[q * s.strideX] = sums[q] + offset;
              }
              place += run;
            }
          });
      if (!done) return false;
    }
  return true;
}

inline bool inputGradient(const Runtime& runtime, const ConvolutionShape& s, const float* dy, const float* w,
                          const float* bias, float* dx) {
  // Sums that are scattered must be worth it: with few outputs there is little to sum.
  constexpr size_t fewPositions = 256, someOutputs = 16;
  const bool small = s.outHeight * s.outWidth < fewPositions;
  return small && s.kernelHeight * s.kernelWidth > 1 && s.outputs >= someOutputs ? inputGradientOfSmallMaps(runtime, s, dy, w, bias, dx)
                                                               : inputGradientOfLargeMaps(runtime, s, dy, w, bias, dx);
}

}  // namespace HUERISTIC_FORM
}  // namespace hueristic
