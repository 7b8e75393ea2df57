// Where the parts of an encoded weight lie: src/backend/packed.ts once more.
#pragma once
#include <cstdint>

#include "kernels/call.h"

namespace glassformer {

// No int8 weight is wider: sums of so many products of magnitudes up to 127 and 128 fit 32 bits.
constexpr std::int64_t kMostInt8Width = INT32_MAX / (127 * 128);

// In floats behind the weight's beginning.
struct PackedLayout {
  std::int64_t scales;
  std::int64_t sums;
  std::int64_t size;
};

// rows · width is at most kMostFloats.
PackedLayout packed_layout(Encoding encoding, std::int64_t rows, std::int64_t width);

// 32-bit words of a row of a weight that is copied out in its encoding: src/backend/listed.ts once more.
std::int64_t listed_width(Encoding encoding, std::int64_t width);

}  // namespace glassformer
