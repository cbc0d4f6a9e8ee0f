// The matrix product that all convolutions are: C[m][j] = sum over k of A[m][k] B[k][j].
//
// A and B are never whole in memory. A task takes a block of rows and columns; for every `depth` of k it packs its columns of
// B into panels of `width`, then a few rows of A at a time, and multiplies what lies in the caches. Blocks depend on the
// sizes alone and every number is summed over k in order, so threads change no result.
#pragma once
#include "vector.h"

namespace hueristic {
namespace HUERISTIC_FORM {

/** Columns of a panel of B. */
constexpr size_t width = 2 * lanes;
/** Numbers of k that are packed at a time. */
constexpr size_t depth = 256;
/** From row to row of packed A; not a power of two, whose rows would share places in the cache. */
constexpr size_t rowStride = depth + 16;

/** c[r][0 … width - 1] += or = sum over k of a[r][k] b[k][…]; the sums stay in registers. */
template <int rows>
void microProduct(size_t count, const float* a, const float* b, float* c, size_t stride, bool first) {
  Vector sums[rows][2];
#pragma GCC unroll 14
  for (int r = 0; r < rows; r++) {
    sums[r][0] = first ? Vector{} : load(c + r * stride);
    sums[r][1] = first ? Vector{} : load(c + r * stride + lanes);
  }
  for (size_t k = 0; k < count; k++, b += width) {
    const Vector left = load(b), right = load(b + lanes);
#pragma GCC unroll 14
    for (int r = 0; r < rows; r++) {
      const Vector factor = splat(a[r * rowStride + k]);
      sums[r][0] += factor * left;
      sums[r][1] += factor * right;
    }
  }
#pragma GCC unroll 14
  for (int r = 0; r < rows; r++) {
    store(c + r * stride, sums[r][0]);
    store(c + r * stride + lanes, sums[r][1]);
  }
}

typedef void (*MicroProduct)(size_t, const float*, const float*, float*, size_t, bool);
struct MicroProductTable {
  MicroProduct of[mostRows + 1] = {};
  // Above the constructor, whose body Clang reads first of all otherwise: it must know it while it compiles.
  template <int rows>
  constexpr void fill() {
    of[rows] = microProduct<rows>;
    if constexpr (rows > 1) fill<rows - 1>();
  }
  constexpr MicroProductTable() { fill<mostRows>(); }
};
static constexpr MicroProductTable microProducts;

/** Packed rows of A: [mostRows][rowStride]. */
constexpr size_t packedRowsSize = mostRows * rowStride;

/**
 * packA(m, rows, k, count, to): `count` numbers of each of `rows` rows, rowStride apart.
 * packB(k, count, j, columns, to): panels [column / width][k][width], zero behind the last column.
 * keep(m, rows, j, columns, from, stride): takes a finished block.
 * `direct` is C where it lies as it is, [m][j]: used instead of `keep` where blocks can be written there at once.
 */
template <class PackA, class PackB, class Keep>
bool product(const Runtime& runtime, size_t m, size_t n, size_t k, const PackA& packA, const PackB& packB,
             const Keep& keep, float* direct = nullptr) {
  constexpr size_t mostColumns = 384, mostBlockRows = 224, leastTasks = 8;
  if (k > depth || n % width) direct = nullptr;
  const size_t panels = partsOf(n, width);
  size_t columnTasks = partsOf(panels * width, mostColumns);
  const size_t columns = partsOf(panels, columnTasks) * width;
  columnTasks = partsOf(panels * width, columns);
  size_t rowTasks = partsOf(m, mostBlockRows);
  if (columnTasks * rowTasks < leastTasks)
    rowTasks = larger(rowTasks, smaller(partsOf(leastTasks, columnTasks), partsOf(m, size_t(mostRows))));
  // Rows come in groups of equal height, which registers hold.
  size_t blockRows = partsOf(m, rowTasks);
  const size_t groups = partsOf(blockRows, size_t(mostRows)), height = partsOf(blockRows, groups);
  blockRows = groups * height;
  rowTasks = partsOf(m, blockRows);

  Shortage shortage;
  parallel(runtime, columnTasks * rowTasks, [&](size_t task) {
    const size_t j = task / rowTasks * columns, jCount = smaller(columns, n - j);
    const size_t row = task % rowTasks * blockRows, rowEnd = smaller(m, row + blockRows);
    const size_t jPanels = partsOf(jCount, width);
    const size_t sizeOfB = depth * jPanels * width, sizeOfC = direct ? 0 : blockRows * columns;
    Scratch<float> scratch(runtime, packedRowsSize + sizeOfB + sizeOfC);
    if (!scratch) return shortage.report();
    float *a = scratch.get(), *b = a + packedRowsSize, *c = b + sizeOfB;
    for (size_t k0 = 0; k0 < k; k0 += depth) {
      const size_t count = smaller(depth, k - k0);
      packB(k0, count, j, jCount, b);
      for (size_t r = row; r < rowEnd; r += height) {
        const size_t rows = smaller(height, rowEnd - r);
        packA(r, rows, k0, count, a);
        const MicroProduct multiply = microProducts.of[rows];
        float* to = direct ? direct + r * n + j : c + (r - row) * columns;
        for (size_t p = 0; p < jPanels; p++)
          multiply(count, a, b + p * count * width, to + p * width, direct ? n : columns, direct || k0 == 0);
      }
    }
    if (!direct) keep(row, rowEnd - row, j, jCount, c, columns);
  });
  return shortage.none();
}

}  // namespace HUERISTIC_FORM
}  // namespace hueristic
