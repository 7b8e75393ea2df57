// The places of the values of encoded weights.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The bytes of a line of a panel, which holds four int8, two bfloat16 or one float32 of each of 16 outputs.
constexpr std::int64_t kPanelLine = 64;

inline std::int64_t int4_depth(const Matrix& w) { return rounded_up(w.width, kInt4Inputs); }
inline std::int64_t int8_depth(const Matrix& w) { return rounded_up(w.width, kInt8Inputs); }
inline std::int64_t bfloat16_depth(const Matrix& w) { return rounded_up(w.width, kBfloat16Inputs); }
inline std::int64_t float32_depth(const Matrix& w) { return rounded_up(w.width, kFloat32Inputs); }

inline std::int64_t panel_lines(const Matrix& w) {
  if (w.encoding == Encoding::kInt4) return rounded_up(w.width, kInt4Inputs) / kInt4Inputs * kInt4Words;
  if (w.encoding == Encoding::kFloat32Panels) return float32_depth(w);
  return w.encoding == Encoding::kInt8 ? int8_depth(w) / 4 : bfloat16_depth(w) / 2;
}

// [lines][kPanelLine]
inline const char* panel_of(const Matrix& w, std::int64_t panel) {
  return static_cast<const char*>(w.packed) + panel * panel_lines(w) * kPanelLine;
}

// `count` rows of a weight, beginning with row `first`; in an encoded weight a panel begins there.
inline Matrix weight_rows(const Matrix& w, std::int64_t first, std::int64_t count) {
  if (w.encoding == Encoding::kFloat32) return some_rows(w, first, count);
  Matrix part = w;
  part.rows = count;
  part.packed = panel_of(w, first / kPackedOutputs);
  if (w.scales) part.scales = w.scales + first;
  if (w.sums) part.sums = w.sums + first;
  return part;
}

inline float widened(std::uint16_t half) {
  const std::uint32_t bits = static_cast<std::uint32_t>(half) << 16;
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

// y [width] ← int8 · scale. Each line from `from` on begins with four of the int8; 64 of them become floats together.
inline void unpack_int8(float* y, const char* from, std::int64_t width, float scale) {
  std::int8_t values[kInt8Inputs];
  for (std::int64_t k = 0; k < width; k += kInt8Inputs) {
    for (std::int64_t i = 0; i < kInt8Inputs; i += 4, from += kPanelLine) __builtin_memcpy(values + i, from, 4);
    for (std::int64_t i = 0; i < smaller(kInt8Inputs, width - k); i++) y[k + i] = static_cast<float>(values[i]) * scale;
  }
}

// integers [kInt4Inputs] ← block `block` of a row of int4 that begins at `from`, each integer times the scale of its
// group
inline void unpack_int4(std::int32_t* integers, const char* from, std::int64_t block) {
  from += block * kInt4Words * kPanelLine;
  std::int16_t scales[kInt4Inputs / kInt4Group];
  __builtin_memcpy(scales, from, sizeof scales);
  for (std::int64_t k = 0; k < kInt4Inputs; k += 8) {
    from += kPanelLine;
    std::uint8_t bytes[4];
    __builtin_memcpy(bytes, from, sizeof bytes);
    for (std::int64_t i = 0; i < 4; i++) {
      integers[k + i] = ((bytes[i] & 15) - 8) * scales[k / kInt4Group];
      integers[k + 4 + i] = ((bytes[i] >> 4) - 8) * scales[k / kInt4Group];
    }
  }
}

// y [width] ← row `row` of an encoded weight
inline void unpack_row(float* y, const Matrix& w, std::int64_t row) {
  const char* panel = panel_of(w, row / kPackedOutputs);
  const std::int64_t lane = row % kPackedOutputs;
  if (w.encoding == Encoding::kInt8) {
    unpack_int8(y, panel + lane * 4, w.width, w.scales[row]);
  } else if (w.encoding == Encoding::kInt4) {
    std::int32_t integers[kInt4Inputs];
    for (std::int64_t k = 0; k < w.width; k += kInt4Inputs) {
      unpack_int4(integers, panel + lane * 4, k / kInt4Inputs);
      for (std::int64_t i = 0; i < smaller(kInt4Inputs, w.width - k); i++) y[k + i] = static_cast<float>(integers[i]) * w.scales[row];
    }
  } else if (w.encoding == Encoding::kFloat32Panels) {
    const auto* from = reinterpret_cast<const float*>(panel) + lane;
    for (std::int64_t k = 0; k < w.width; k++) y[k] = from[k * kPackedOutputs];
  } else {
    const auto* from = reinterpret_cast<const std::uint16_t*>(panel) + lane * 2;
    for (std::int64_t k = 0; k < w.width; k++) y[k] = widened(from[k / 2 * kPanelLine / 2 + k % 2]);
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
