// Encodes rows of a weight into its packed layout, with the same bytes as src/engine/weights/pack.ts.
#pragma once
#include <cstdint>

#include "kernels/call.h"

namespace glassformer {

// A packed weight whose memory held zeros. Its rows lie in panels of kPackedOutputs, each `words` words of 32 bits long.
struct PackedRows {
  Encoding encoding;
  std::int32_t* panels;
  std::int64_t words;
  float* scales;       // only int8 and int4
  std::int32_t* sums;  // only int8
};

// Rows [first, first + count) from `values` [count, width], quantized, rounded or as they are.
void pack_rows(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width, const float* values);

// The bytes of a row of int4: the integers of whole groups, two in a byte, each with 8 added.
constexpr std::int64_t int4_bytes(std::int64_t groups) { return groups * kInt4Group / 2; }

// Rows [first, first + count) of int4 from integers [count, int4_bytes(groups)] and the scales of their groups [count, groups].
void pack_int4(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t groups, const std::uint8_t* integers,
               const float* scales);

// Rows [first, first + count) from integers and the scale of each row.
void pack_quantized(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width,
                    const std::int8_t* values, const float* scales);

}  // namespace glassformer
