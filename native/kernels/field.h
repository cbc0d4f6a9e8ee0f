// What the taps of a convolution's kernel meet, without a copy for every tap: the input with its padding, cut into one plane
// for every phase of the stride. There each tap meets neighbouring numbers for neighbouring outputs.
#pragma once
#include "gemm.h"

namespace hueristic {
namespace HUERISTIC_FORM {

/** Rows of numbers side by side: where output (image, y, x) finds its number, from where the first one does. */
struct Runs {
  size_t images, height, width;
  size_t imageStride, rowStride;

  size_t at(size_t index) const {
    return index / (height * width) * imageStride + index / width % height * rowStride + index % width;
  }

  /** Calls each(place, length, from) for `count` outputs from `begin`; place counts from there; no run crosses `unit`. */
  template <class Each>
  void cut(size_t begin, size_t count, size_t unit, const Each& each) const {
    const bool rowsTouch = rowStride == width;
    const size_t inOne = rowsTouch ? height * width : width;
    for (size_t place = 0; place < count;) {
      const size_t left = inOne - (begin + place) % inOne;
      const size_t length = smaller(smaller(left, count - place), unit - place % unit);
      each(place, length, at(begin + place));
      place += length;
    }
  }
};

/** to[k * stride + …] = from[offsets[k] + …], `length` numbers for each of `count` values of k. */
template <size_t length>
void copyRows(float* to, size_t stride, const float* from, const size_t* offsets, size_t count) {
  for (size_t k = 0; k < count; k++) std::memcpy(to + k * stride, from + offsets[k], length * sizeof(float));
}

typedef void (*CopyRows)(float*, size_t, const float*, const size_t*, size_t);
/** Made by the compiler: code for newer processors must not run while the program starts on an older one. */
struct CopyRowsTable {
  CopyRows of[width + 1] = {};
  // Above the constructor: see MicroProductTable.
  template <size_t length>
  constexpr void fill() {
    of[length] = copyRows<length>;
    if constexpr (length > 1) fill<length - 1>();
  }
  constexpr CopyRowsTable() { fill<width>(); }
};
static constexpr CopyRowsTable copyRowsTable;

/** Panels of B out of a field: number (k, j) lies at offsets[k] + runs.at(j). */
inline void packRuns(const float* base, const Runs& runs, const size_t* offsets, size_t count, size_t j, size_t columns,
                     float* to) {
  if (columns % width) fillZero(to + columns / width * count * width, count * width);
  runs.cut(j, columns, width, [&](size_t place, size_t length, size_t from) {
    copyRowsTable.of[length](to + place / width * count * width + place % width, width, base + from, offsets, count);
  });
}

/** One row of a plane: number q is from[q * step - before], zero where there is none of `size`. */
inline void fillRow(float* to, size_t count, const float* from, size_t size, size_t step, size_t phase, size_t before) {
  // The first q with q * step + phase >= before, and the first beyond the end.
  const size_t begin = smaller(count, before > phase ? partsOf(before - phase, step) : size_t(0));
  const size_t end = larger(begin, smaller(count, size + before > phase ? partsOf(size + before - phase, step) : size_t(0)));
  fillZero(to, begin);
  const size_t inside = end - begin;
  float* inner = to + begin;
  const float* source = inside > 0 ? from + (begin * step + phase - before) : from;
  if (step == 1) copyRun(inner, source, inside);
  else if (step == 2)
    for (size_t q = 0; q < inside; q++) inner[q] = source[2 * q];
  else
    for (size_t q = 0; q < inside; q++) inner[q] = source[q * step];
  fillZero(to + end, count - end);
}

/** The field of x [images, channels, height, width] for a kernel's taps. */
class Field {
 public:
  Field(const Runtime& runtime, const ConvolutionShape& s, const float* x)
      : fieldRows_(s.outHeight + (s.kernelHeight - 1) * s.dilationY / s.strideY),
        fieldColumns_(s.outWidth + (s.kernelWidth - 1) * s.dilationX / s.strideX),
        inPlace_(s.strideY == 1 && s.strideX == 1 && s.top == 0 && s.left == 0 && fieldRows_ <= s.inHeight &&
                 fieldColumns_ <= s.inWidth),
        planeStride_(inPlace_ ? s.inHeight * s.inWidth : fieldRows_ * fieldColumns_),
        lineStride_(inPlace_ ? s.inWidth : fieldColumns_),
        phaseStride_(inPlace_ ? 0 : s.images * s.inputs * planeStride_),
        copy_(runtime, inPlace_ ? 0 : s.strideY * s.strideX * phaseStride_),
        offsets_(runtime, s.inputs * s.kernelHeight * s.kernelWidth),
        base_(inPlace_ ? x : copy_.get()),
        runs_{s.images, s.outHeight, s.outWidth, s.inputs * planeStride_, lineStride_} {
    if (!*this) return;
    for (size_t i = 0, k = 0; i < s.inputs; i++)
      for (size_t ky = 0; ky < s.kernelHeight; ky++)
        for (size_t kx = 0; kx < s.kernelWidth; kx++, k++) {
          const size_t y = ky * s.dilationY, x0 = kx * s.dilationX;
          const size_t phase = y % s.strideY * s.strideX + x0 % s.strideX;
          offsets_[k] = phase * phaseStride_ + i * planeStride_ + y / s.strideY * lineStride_ + x0 / s.strideX;
        }
    if (!inPlace_) fill(runtime, s, x);
  }

  explicit operator bool() const { return copy_ && offsets_; }
  const float* base() const { return base_; }
  const Runs& runs() const { return runs_; }
  /** Of tap k = (input, ky, kx). */
  const size_t* offsets() const { return offsets_.get(); }

 private:
  void fill(const Runtime& runtime, const ConvolutionShape& s, const float* x) {
    const size_t planes = s.images * s.inputs, perTask = larger(size_t(1), size_t(8192) / larger(size_t(1), planeStride_));
    auto meets = [](size_t phase, size_t taps, size_t dilation, size_t stride) {
      for (size_t k = 0; k < taps; k++)
        if (k * dilation % stride == phase) return true;
      return false;
    };
    parallel(runtime, partsOf(planes, perTask), [&](size_t task) {
      for (size_t p = task * perTask; p < smaller(planes, (task + 1) * perTask); p++)
        for (size_t py = 0; py < s.strideY; py++) {
          if (!meets(py, s.kernelHeight, s.dilationY, s.strideY)) continue;
          for (size_t px = 0; px < s.strideX; px++) {
            if (!meets(px, s.kernelWidth, s.dilationX, s.strideX)) continue;
            float* plane = copy_.get() + (py * s.strideX + px) * phaseStride_ + p * planeStride_;
            for (size_t q = 0; q < fieldRows_; q++) {
              const size_t y = q * s.strideY + py;
              float* row = plane + q * fieldColumns_;
              if (y < s.top || y - s.top >= s.inHeight) fillZero(row, fieldColumns_);
              else
                fillRow(row, fieldColumns_, x + (p * s.inHeight + y - s.top) * s.inWidth, s.inWidth, s.strideX, px, s.left);
            }
          }
        }
    });
  }

  size_t fieldRows_, fieldColumns_;
  bool inPlace_;
  size_t planeStride_, lineStride_, phaseStride_;
  Scratch<float> copy_;
  Scratch<size_t> offsets_;
  const float* base_;
  Runs runs_;
};

}  // namespace HUERISTIC_FORM
}  // namespace hueristic
