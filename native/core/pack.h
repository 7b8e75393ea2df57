// Encodes rows of a weight into its packed layout: src/weights/pack.ts once more, to the same bytes.
#pragma once
#include <cstdint>

#include "kernels/call.h"

namespace glassformer {

// A packed weight whose memory held zeros. Its rows lie in panels of kPackedOutputs, each `words` words of 32 bits long.
struct PackedRows {
  Encoding encoding;
  std::int32_t* panels;
  std::int64_t words;
  float* scales;       // int8 alone
  std::int32_t* sums;  // int8 alone
};

// Rows [first, first + count) from `values` [count, width], quantized, rounded or as they are.
void pack_rows(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width, const float* values);

// The same from integers and the scale of each row.
void pack_quantized(const PackedRows& to, std::int64_t first, std::int64_t count, std::int64_t width,
                    const std::int8_t* values, const float* scales);

}  // namespace glassformer
