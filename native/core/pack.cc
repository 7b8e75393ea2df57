#include "core/pack.h"

#include <cmath>
#include <cstring>
#include <vector>

namespace glassformer {

namespace {

// Writes a row into its panel, where its words lie kPackedOutputs words apart. Zeros fill up the last word.
void scatter(const PackedRows& to, std::int64_t row, const void* line, std::int64_t bytes) {
  const std::int64_t lane = row % kPackedOutputs;
  std::int32_t* at = to.panels + (row - lane) * to.words + lane;
  const char* from = static_cast<const char*>(line);
  const std::int64_t whole = bytes / 4;
  for (std::int64_t i = 0; i < whole; i++) std::memcpy(at + i * kPackedOutputs, from + 4 * i, 4);
  if (bytes % 4 == 0) return;
  std::int32_t last = 0;
  std::memcpy(&last, from + 4 * whole, static_cast<std::size_t>(bytes % 4));
  at[whole * kPackedOutputs] = last;
}

void pack_integers(const PackedRows& to, std::int64_t row, std::int64_t width, const std::int8_t* integers, float scale) {
  std::int32_t sum = 0;
  for (std::int64_t k = 0; k < width; k++) sum += integers[k];
  to.scales[row] = scale;
  to.sums[row] = sum;
  scatter(to, row, integers, width);
}

// As src/engine/weights/quantize.ts does. Not-a-number counts as 0 for the scale, and becomes 0.
float quantize_weight_row(const float* values, std::int64_t width, std::int8_t* integers) {
  float most = 0;
  for (std::int64_t k = 0; k < width; k++) {
    const float magnitude = std::fabs(values[k]);
    if (magnitude > most) most = magnitude;
  }
  const float scale = most / 127;
  for (std::int64_t k = 0; k < width; k++) {
    const float quotient = scale == 0 ? 0 : values[k] / scale;
    constexpr float kShift = 1.5F * (1 << 23);  // adding it leaves no room for a fraction: ties go to even
    const float held = quotient > 127 ? 127 : quotient >= -127 ? quotient : quotient < -127 ? -127 : 0;
    integers[k] = static_cast<std::int8_t>(held + kShift - kShift);
  }
  return scale;
}

std::uint16_t bfloat16(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  // NaN stays NaN, even where its fraction lies in the lower half.
  if ((bits & 0x7fffffff) > 0x7f800000) return static_cast<std::uint16_t>((bits >> 16) | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

}  // namespace

void pack_rows(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width, const float* values) {
  std::vector<std::int8_t> integers(static_cast<std::size_t>(to.encoding == Encoding::kInt8 ? width : 0));
  std::vector<std::uint16_t> halves(static_cast<std::size_t>(to.encoding == Encoding::kBfloat16 ? width : 0));
  for (std::int64_t row = 0; row < count; row++) {
    const float* line = values + row * width;
    if (to.encoding == Encoding::kInt8) {
      const float scale = quantize_weight_row(line, width, integers.data());
      pack_integers(to, first + row, width, integers.data(), scale);
    } else if (to.encoding == Encoding::kFloat32Panels) {
      scatter(to, first + row, line, 4 * width);
    } else {
      for (std::int64_t k = 0; k < width; k++) halves[static_cast<std::size_t>(k)] = bfloat16(line[k]);
      scatter(to, first + row, halves.data(), 2 * width);
    }
  }
}

void pack_quantized(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width,
                    const std::int8_t* values, const float* scales) {
  for (std::int64_t row = 0; row < count; row++)
    pack_integers(to, first + row, width, values + row * width, scales[row]);
}

}  // namespace glassformer
