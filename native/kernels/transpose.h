// Small matrices turned in registers.
#pragma once
#include "vector.h"

namespace hueristic {
namespace HUERISTIC_FORM {

#if defined(__clang__)
#define HUERISTIC_PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef int32_t Picks __attribute__((vector_size(lanes * sizeof(int32_t))));
#define HUERISTIC_PICK(a, b, ...) __builtin_shuffle(a, b, Picks{__VA_ARGS__})
#endif

/** a0 b0 a1 b1 …, of the first halves. */
inline Vector interleaveLow(Vector a, Vector b) {
#if defined(__AVX512F__)
  return HUERISTIC_PICK(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif defined(__AVX2__)
  return HUERISTIC_PICK(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
  return HUERISTIC_PICK(a, b, 0, 4, 1, 5);
#endif
}

/** The same of the second halves. */
inline Vector interleaveHigh(Vector a, Vector b) {
#if defined(__AVX512F__)
  return HUERISTIC_PICK(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif defined(__AVX2__)
  return HUERISTIC_PICK(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
  return HUERISTIC_PICK(a, b, 2, 6, 3, 7);
#endif
}
#undef HUERISTIC_PICK

/**
 * Turns lanes x lanes numbers: interleaving row i with row i + lanes / 2, log2(lanes) times over, moves every number to the
 * place that the turned matrix has for it. Strides count numbers from row to row.
 */
inline void transposeBlock(const float* from, size_t fromStride, float* to, size_t toStride) {
  Vector rows[lanes], next[lanes];
#pragma GCC unroll 16
  for (size_t i = 0; i < lanes; i++) rows[i] = load(from + i * fromStride);
#pragma GCC unroll 4
  for (size_t pass = 1; pass < lanes; pass *= 2) {
#pragma GCC unroll 8
    for (size_t i = 0; i < lanes / 2; i++) {
      next[2 * i] = interleaveLow(rows[i], rows[i + lanes / 2]);
      next[2 * i + 1] = interleaveHigh(rows[i], rows[i + lanes / 2]);
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < lanes; i++) rows[i] = next[i];
  }
#pragma GCC unroll 16
  for (size_t i = 0; i < lanes; i++) store(to + i * toStride, rows[i]);
}

/** Turns rows x columns numbers, of which each is at most lanes; nothing is read or written beside them. */
inline void transposePart(const float* from, size_t fromStride, size_t rows, size_t columns, float* to, size_t toStride) {
  if (rows == lanes && columns == lanes) return transposeBlock(from, fromStride, to, toStride);
  alignas(64) float part[lanes * lanes];
  alignas(64) float turned[lanes * lanes];
  if (rows * columns <= lanes) {
    for (size_t r = 0; r < rows; r++)
      for (size_t c = 0; c < columns; c++) to[c * toStride + r] = from[r * fromStride + c];
    return;
  }
  for (size_t r = 0; r < rows; r++) copyRun(part + r * lanes, from + r * fromStride, columns);
  for (size_t r = rows; r < lanes; r++) fillZero(part + r * lanes, lanes);
  for (size_t r = 0; r < rows && columns < lanes; r++) fillZero(part + r * lanes + columns, lanes - columns);
  transposeBlock(part, lanes, turned, lanes);
  for (size_t c = 0; c < columns; c++) copyRun(to + c * toStride, turned + c * lanes, rows);
}

}  // namespace HUERISTIC_FORM
}  // namespace hueristic
