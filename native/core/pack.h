// Encodes rows of a weight into its packed layout, with the same bytes as src/engine/weights/pack.ts.
#pragma once
#include <cstdint>

#include "kernels/call.h"

namespace glassformer {

// A packed weight whose memory held zeros. Its rows lie in panels of kPackedOutputs rows, where each row takes `words`
// words of 32 bits.
struct PackedRows {
  Encoding encoding;
  std::int32_t* panels;
  std::int64_t words;
  float* scales;       // only int8 and int4
  std::int32_t* sums;  // only int8
};

// Encodes rows [first, first + count) from `values` [count, width]: quantized, rounded to bfloat16, or unchanged.
void pack_rows(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width, const float* values);

// The bytes of a row of int4 in whole groups: each byte holds two integers, each with 8 added.
constexpr std::int64_t int4_bytes(std::int64_t groups) { return groups * kInt4Group / 2; }

// Stores rows [first, first + count) of int4 from integers [count, int4_bytes(groups)] and the scales of their groups
// [count, groups].
void pack_int4(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t groups, const std::uint8_t* integers,
               const float* scales);

// Stores rows [first, first + count) of int8 from integers [count, width] and the scale of each row.
void pack_quantized(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width,
                    const std::int8_t* values, const float* scales);

}  // namespace glassformer
