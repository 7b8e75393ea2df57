#include "core/pack.h"

#include "core/packed_layout.h"

#include <cmath>
#include <cstring>
#include <vector>

namespace glassformer {

namespace {

// Writes a row into its panel, where its words are kPackedOutputs words apart. Zeros fill up the last word.
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

// The nearest float16 as a float32, ties to even; at most the largest one.
float rounded_to_half(float value) {
  constexpr float kLargest = 65504.0F;
  constexpr float kSmallestNormal = 0x1p-14F;
  if (std::fabs(value) >= kLargest) return value < 0 ? -kLargest : kLargest;
  if (std::fabs(value) < kSmallestNormal) {
    constexpr float kShift = 0.75F;  // 1.5 · 2^23 · 2^-24: its last bit is the smallest float16
    return value + kShift - kShift;
  }
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  bits = (bits + 0xfff + ((bits >> 13) & 1)) & ~0x1fffU;
  std::memcpy(&value, &bits, sizeof bits);
  return value;
}

double rounded_to_even(double value) {
  constexpr double kShift = 0x1.8p52;  // adding it leaves no room for a fraction
  return value + kShift - kShift;
}

double int4_of(double value) {
  const double rounded = rounded_to_even(value);
  return rounded > 7 ? 7 : rounded >= -8 ? rounded : rounded < -8 ? -8 : 0;
}

// As src/engine/weights/int4.ts does: bytes [int4_bytes(1)] ← integers, and returns the scale of a group of `count`
// values.
float quantize_int4_group(const float* values, std::int64_t count, std::uint8_t* bytes) {
  double most = 0;
  for (std::int64_t k = 0; k < count; k++)
    if (std::fabs(values[k]) > std::fabs(most)) most = values[k];
  float scale = 0;
  double best = 0;
  for (const double parts : {7.0, 7.3, 7.6, 7.9, 8.2, 8.5, 8.8}) {
    const double inverse = most == 0 ? 0 : -parts / most;
    double products = 0;
    double squares = 0;
    for (std::int64_t k = 0; k < count; k++) {
      const double q = int4_of(values[k] * inverse);
      const double product = values[k] * q;
      products += product == product ? product : 0;
      squares += q * q;
    }
    const double gain = squares == 0 ? 0 : products * products / squares;
    if (gain > best) {
      best = gain;
      scale = static_cast<float>(products / squares);
    }
  }
  scale = rounded_to_half(scale);
  std::uint8_t integers[kInt4Group];
  for (std::int64_t k = 0; k < kInt4Group; k++)
    integers[k] = static_cast<std::uint8_t>(8 + (k < count && scale != 0 ? int4_of(static_cast<double>(values[k]) / scale) : 0));
  for (std::int64_t k = 0; k < kInt4Group; k += 2) bytes[k / 2] = static_cast<std::uint8_t>(integers[k] | integers[k + 1] << 4);
  return scale;
}

std::uint16_t bfloat16(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  // NaN stays NaN, even where its fraction lies in the lower half.
  if ((bits & 0x7fffffff) > 0x7f800000) return static_cast<std::uint16_t>((bits >> 16) | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// As src/engine/weights/pack.ts does: integers ← numbers proportional to the scales of groups. Returns the scale of the
// row, by which they are multiplied: the one of least squares, which is not biased where many integers are rounded in one
// direction.
float integer_scales(const float* scales, std::int64_t groups, std::int16_t* integers) {
  constexpr double kMostOfAll = 63000;  // rounding adds at most a half for each group: the sum stays below kMostInt4Scales
  static_assert(kMostOfAll + kMostInt8Width / (2 * kInt4Group) + 1 <= kMostInt4Scales, "sums fit 32 bits");
  double all = 0;
  double most = 0;
  for (std::int64_t g = 0; g < groups; g++) {
    const double magnitude = std::fabs(scales[g]);
    all += magnitude;
    if (magnitude > most) most = magnitude;
  }
  const double part = all / kMostOfAll;
  const auto scale = static_cast<float>(part > most / INT16_MAX ? part : most / INT16_MAX);
  double products = 0;
  double squares = 0;
  for (std::int64_t g = 0; g < groups; g++) {
    const double rounded = scale == 0 ? 0 : rounded_to_even(static_cast<double>(scales[g]) / scale);
    const double integer = rounded > INT16_MAX ? INT16_MAX : rounded < -INT16_MAX ? -INT16_MAX : rounded;
    integers[g] = static_cast<std::int16_t>(integer);
    products += scales[g] * integer;
    squares += integer * integer;
  }
  return squares == 0 ? 0 : static_cast<float>(products / squares);
}

// The words of a row of int4 (kernels/call.h) ← integers and the scales of their groups.
void int4_words(std::uint32_t* words, std::int64_t groups, const std::uint8_t* bytes, const std::int16_t* scales) {
  for (std::int64_t g = 0; g < groups; g++) {
    std::uint32_t* block = words + g / 2 * kInt4Words;
    if (g % 2 == 0) block[0] = 0;
    block[0] |= static_cast<std::uint32_t>(static_cast<std::uint16_t>(scales[g])) << (g % 2 * 16);
    std::uint32_t* to = block + 1 + g % 2 * (kInt4Group / 8);
    for (std::int64_t k = 0; k < kInt4Group; k += 8, bytes += 4, to++) {
      const std::uint32_t low = bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 16;
      const std::uint32_t high = bytes[2] | static_cast<std::uint32_t>(bytes[3]) << 16;
      const auto apart = [](std::uint32_t pairs) { return (pairs & 0x000f000f) | (pairs & 0x00f000f0) << 4; };
      *to = apart(low) | apart(high) << 4;
    }
  }
}

}  // namespace

void pack_int4(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t groups, const std::uint8_t* integers,
               const float* scales) {
  std::vector<std::int16_t> factors(static_cast<std::size_t>(groups));
  std::vector<std::uint32_t> words(static_cast<std::size_t>((groups + 1) / 2 * kInt4Words));
  for (std::int64_t row = 0; row < count; row++) {
    to.scales[first + row] = integer_scales(scales + row * groups, groups, factors.data());
    int4_words(words.data(), groups, integers + row * int4_bytes(groups), factors.data());
    scatter(to, first + row, words.data(), static_cast<std::int64_t>(4 * words.size()));
  }
}

// Rows of int4 from floats.
static void pack_int4_rows(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width, const float* values) {
  const std::int64_t groups = (width + kInt4Group - 1) / kInt4Group;
  std::vector<std::uint8_t> integers(static_cast<std::size_t>(int4_bytes(groups)));
  std::vector<float> scales(static_cast<std::size_t>(groups));
  for (std::int64_t row = 0; row < count; row++) {
    for (std::int64_t g = 0; g < groups; g++) {
      const std::int64_t begin = g * kInt4Group;
      const std::int64_t in_group = width - begin < kInt4Group ? width - begin : kInt4Group;
      scales[static_cast<std::size_t>(g)] = quantize_int4_group(values + row * width + begin, in_group, integers.data() + int4_bytes(g));
    }
    pack_int4(to, first + row, 1, groups, integers.data(), scales.data());
  }
}

void pack_rows(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width, const float* values) {
  if (to.encoding == Encoding::kInt4) return pack_int4_rows(to, first, count, width, values);
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
