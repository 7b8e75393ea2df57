// Rows of x as integers that meet int8 weights: the largest magnitude becomes 127 (quantizeActivationRow of the JavaScript backend).
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// most [m] ← the largest magnitude of each of m rows, x [width]; NaN if one of the row's numbers is NaN.
template <int m>
inline void largest_magnitudes(float* most, const float* x, std::int64_t stride, std::int64_t width) {
  Vec magnitudes[m];
  GLASSFORMER_UNROLL
  for (Vec& row : magnitudes) row = broadcast(0);
  for_columns(width, [&](std::int64_t i, auto n) {
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) magnitudes[r] = larger_magnitude(magnitudes[r], load(x + r * stride + i, n));
  });
  for (int r = 0; r < m; r++) most[r] = largest(magnitudes[r]);
}

// Calls write(column, numbers that are to be rounded) for kInt8Inputs columns at a time of [0, depth), with zeros behind `width`. *scale is
// the row's largest magnitude, and is replaced by the row's scale. A row so small that 127 over its largest magnitude is infinite becomes
// zeros. An infinite number or NaN makes the scale NaN.
template <class Write>
inline void quantize_activation_row(float* scale, const float* x, std::int64_t width, std::int64_t depth, Write write) {
  const float most = *scale;
  const float inverse = 127.0f / most;
  const bool vanishes = inverse == __builtin_inff();
  const Vec factor = broadcast(inverse);
  for (std::int64_t i = 0; i < depth; i += kInt8Inputs) {
    Vec values[kInt8Inputs / kLanes];
    GLASSFORMER_UNROLL
    for (int v = 0; v < kInt8Inputs / kLanes; v++) {
      const std::int64_t column = i + v * kLanes;
      values[v] = vanishes ? broadcast(0) : load_first(x + column, width - column) * factor;
    }
    write(i, values);
  }
  *scale = vanishes ? 0 : most < __builtin_inff() ? most / 127.0f : __builtin_nanf("");
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
