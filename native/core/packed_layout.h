// The parts of an encoded weight in memory, as in src/engine/backend/interface/packed.ts.
#pragma once
#include <cstdint>

#include "kernels/call.h"

namespace glassformer {

// The largest width of an int8 weight: the sum of so many products of magnitudes up to 127 and 128 fits 32 bits.
constexpr std::int64_t kMostInt8Width = INT32_MAX / (127 * 128);

// The largest sum of the magnitudes of a row's int4 scales. A group's products, of magnitudes up to 8 and 127, add up
// to at most 32512, so that the sum over all groups of a row, each times its scale, fits 32 bits.
constexpr std::int64_t kMostInt4Scales = INT32_MAX / (kInt4Group * 8 * 127);

// Where each part begins, in floats from the beginning of the weight, and the size of all.
struct PackedLayout {
  std::int64_t scales;
  std::int64_t sums;
  std::int64_t multipliers;
  std::int64_t size;
};

// `rows` times `width` is at most kMostFloats.
PackedLayout packed_layout(Encoding encoding, std::int64_t rows, std::int64_t width);

// The number of 32-bit words in a row that is copied out of a weight in its encoding, as in
// src/engine/backend/interface/listed.ts.
std::int64_t listed_width(Encoding encoding, std::int64_t width);

}  // namespace glassformer
