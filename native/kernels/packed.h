// Encoded weights: where their values are, and how rows of x are quantised to meet them.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

inline std::int64_t int8_depth(const Matrix& w) { return (w.width + kInt8Inputs - 1) / kInt8Inputs * kInt8Inputs; }
inline std::int64_t bfloat16_depth(const Matrix& w) {
  return (w.width + kBfloat16Inputs - 1) / kBfloat16Inputs * kBfloat16Inputs;
}

// [depth / 4][16][4]
inline const std::int8_t* int8_panel(const Matrix& w, std::int64_t panel) {
  return static_cast<const std::int8_t*>(w.packed) + panel * kPackedOutputs * int8_depth(w);
}

// [depth / 2][16][2]
inline const std::uint16_t* bfloat16_panel(const Matrix& w, std::int64_t panel) {
  return static_cast<const std::uint16_t*>(w.packed) + panel * kPackedOutputs * bfloat16_depth(w);
}

// `count` rows of a weight from row `first` on; of an encoded one from the beginning of a panel on.
inline Matrix weight_rows(const Matrix& w, std::int64_t first, std::int64_t count) {
  if (w.encoding == Encoding::kFloat32) return some_rows(w, first, count);
  Matrix part = w;
  part.rows = count;
  if (w.encoding == Encoding::kBfloat16) {
    part.packed = bfloat16_panel(w, first / kPackedOutputs);
  } else {
    part.packed = int8_panel(w, first / kPackedOutputs);
    part.scales = w.scales + first;
    part.sums = w.sums + first;
  }
  return part;
}

inline float widened(std::uint16_t half) {
  const std::uint32_t bits = static_cast<std::uint32_t>(half) << 16;
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

// |value| < 2^22, ties to even. Not a number, and what is too large, becomes something from −127 to 127.
inline std::int8_t rounded(float value) {
  constexpr float kShift = 12582912.0f;  // 1.5 · 2^23: there is no room for a fraction behind it
  constexpr std::int32_t kShiftBits = 0x4b400000;
  const float shifted = value + kShift;
  std::int32_t bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  const std::int64_t integer = std::int64_t{bits} - kShiftBits;
  return static_cast<std::int8_t>(integer < -127 ? -127 : integer > 127 ? 127 : integer);
}

// q [depth] ← integers that times the scale which is returned are about x [width]: the largest magnitude becomes 127; zeros behind.
// A row so small that 127 over it is infinite becomes zeros.
inline float quantise_row(std::int8_t* q, const float* x, std::int64_t width, std::int64_t depth) {
  float most = 0;
  for (std::int64_t k = 0; k < width; k++) {
    const float magnitude = __builtin_fabsf(x[k]);
    if (magnitude > most) most = magnitude;
  }
  const float inverse = 127.0f / most;
  const bool vanishes = inverse == __builtin_inff();
  for (std::int64_t k = 0; k < width; k++) q[k] = vanishes ? 0 : rounded(x[k] * inverse);
  for (std::int64_t k = width; k < depth; k++) q[k] = 0;
  return vanishes ? 0 : most / 127.0f;
}

// y [width] ← row `row` of an encoded weight
inline void unpack_row(float* y, const Matrix& w, std::int64_t row) {
  const std::int64_t panel = row / kPackedOutputs;
  const std::int64_t lane = row % kPackedOutputs;
  if (w.encoding == Encoding::kInt8) {
    const std::int8_t* from = int8_panel(w, panel) + lane * 4;
    for (std::int64_t k = 0; k < w.width; k++)
      y[k] = static_cast<float>(from[k / 4 * kPackedOutputs * 4 + k % 4]) * w.scales[row];
  } else {
    const std::uint16_t* from = bfloat16_panel(w, panel) + lane * 2;
    for (std::int64_t k = 0; k < w.width; k++) y[k] = widened(from[k / 2 * kPackedOutputs * 2 + k % 2]);
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
