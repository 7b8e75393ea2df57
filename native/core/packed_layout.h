// Where the parts of an encoded weight lie, as in src/engine/backend/interface/packed.ts.
#pragma once
#include <cstdint>

#include "kernels/call.h"

namespace glassformer {

// The largest width of an int8 weight: sums of this many products of magnitudes up to 127 and 128 fit 32 bits.
constexpr std::int64_t kMostInt8Width = INT32_MAX / (127 * 128);

// The most that the magnitudes of the scales of a row of int4 add up to, so that its sums of products fit 32 bits: a group's products of
// magnitudes up to 8 and 127 add up to 32512.
constexpr std::int64_t kMostInt4Scales = INT32_MAX / (kInt4Group * 8 * 127);

// Places in floats, counted from the weight's beginning.
struct PackedLayout {
  std::int64_t scales;
  std::int64_t sums;
  std::int64_t multipliers;
  std::int64_t size;
};

// rows · width is at most kMostFloats.
PackedLayout packed_layout(Encoding encoding, std::int64_t rows, std::int64_t width);

// The 32-bit words in a row of a weight that is copied out in its encoding, as in src/engine/backend/interface/listed.ts.
std::int64_t listed_width(Encoding encoding, std::int64_t width);

}  // namespace glassformer
