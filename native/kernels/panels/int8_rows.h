// Rows of x as integers, for int8 weights: the largest magnitude becomes 127 (quantizeActivationRow of the JavaScript
// backend).
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// most [m] ← the largest magnitude of each of m rows, x [width]; NaN for a row with a NaN.
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

// Calls write(column, values to be rounded) for kInt8Inputs columns of [0, depth) at a time, with zeros from `width`
// on. *scale is the row's largest magnitude, and becomes the row's scale. A row so small that 127 divided by its
// largest magnitude is infinite becomes zeros. A row with an infinite number or a NaN gets the scale NaN.
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

// As quantize_activation_row, for rows that share one multiplier: values are clamped to −127 and 127.
template <class Write>
inline void quantize_row_by(float multiplier, float* scale, const float* x, std::int64_t width, std::int64_t depth, Write write) {
  const Vec factor = broadcast(multiplier);
  for (std::int64_t i = 0; i < depth; i += kInt8Inputs) {
    Vec values[kInt8Inputs / kLanes];
    GLASSFORMER_UNROLL
    for (int v = 0; v < kInt8Inputs / kLanes; v++) {
      const std::int64_t column = i + v * kLanes;
      values[v] = min(max(load_first(x + column, width - column) * factor, broadcast(-127)), broadcast(127));
    }
    write(i, values);
  }
  *scale = *scale < __builtin_inff() ? 1.0f : __builtin_nanf("");
}

// Factors and addends that turn the integer sums of 16 outputs into outputs of the product; see shiftedProduct of the
// JavaScript backend. multipliers[0] is that of inputs, multipliers[1] the number of equal parts of the outputs, and
// then follows the multiplier of the weights of each part.
struct Unquantized {
  float factors[kPackedOutputs];
  float added[kPackedOutputs];
};

inline void unquantize_panel(Unquantized& to, const float* multipliers, const std::int32_t* sums, const float* bias, int columns,
                             std::int64_t first, std::int64_t outputs) {
  const float input = multipliers[0];
  const std::int64_t part = outputs / static_cast<std::int64_t>(multipliers[1]);
  const int count = columns < kPackedOutputs ? columns : static_cast<int>(kPackedOutputs);
  for (int begin = 0; begin < count;) {
    const std::int64_t of = (first + begin) / part;
    const float weight = multipliers[2 + of];
    const float factor = 1.0f / (input * weight);
    const float off = -((127.0f / input) * (127.0f / weight)) / 127.0f;
    const std::int64_t left = (of + 1) * part - first;
    const int end = left < count ? static_cast<int>(left) : count;
    for (int n = begin; n < end; n++) {
      to.factors[n] = factor;
      to.added[n] = static_cast<float>(sums[n]) * off;
    }
    begin = end;
  }
  for (int n = count; n < kPackedOutputs; n++) to.factors[n] = to.added[n] = 0;
  if (bias)
    for (int n = 0; n < count; n++) to.added[n] = to.added[n] + bias[n];
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
