// Rows of x for int4 weights: the integers of rows for int8 weights, in blocks of 64, each followed by the first values
// of both groups' sums. Weights have 8 added, so that they are unsigned bytes; therefore a group's sum begins with −8
// times the sum of the group's inputs.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/int8_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/prefetch.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The bytes of a block of a prepared row: 64 signed inputs, and 32 bits for each group's sum.
constexpr std::int64_t kInt4RowBytes = kInt4Inputs + 2 * sizeof(std::int32_t);

inline std::int64_t int4_row_bytes(const Matrix& w) { return int4_depth(w) / kInt4Inputs * kInt4RowBytes; }

// Stores the first value of a group's sum: with `pairs` two sums of 16 bits, one of the first two of every four inputs
// and one of the last two; otherwise one sum of 32 bits.
template <bool pairs>
inline void store_first_sums(char* to, const std::int8_t* inputs) {
  std::int32_t halves[2] = {0, 0};
  for (int k = 0; k < kInt4Group; k += 4) {
    halves[0] += inputs[k] + inputs[k + 1];
    halves[1] += inputs[k + 2] + inputs[k + 3];
  }
  const std::uint32_t first = pairs ? (static_cast<std::uint32_t>(-8 * halves[0]) & 0xffff) | static_cast<std::uint32_t>(-8 * halves[1]) << 16
                                    : static_cast<std::uint32_t>(-8 * (halves[0] + halves[1]));
  __builtin_memcpy(to, &first, sizeof first);
}

// Stores the first values of both groups' sums after the 64 inputs of a block.
template <bool pairs>
inline void finish_int4_block(char* block) {
  std::int8_t inputs[kInt4Inputs];
  __builtin_memcpy(inputs, block, sizeof inputs);
  for (int group = 0; group < 2; group++) store_first_sums<pairs>(block + kInt4Inputs + 4 * group, inputs + group * kInt4Group);
}

#ifdef GLASSFORMER_INTS

template <bool pairs>
inline void prepare_int4_row(char* to, float* scale, const float* x, const Matrix& w) {
  quantize_activation_row(scale, x, w.width, int4_depth(w), [&](std::int64_t i, const auto& values) {
    char* block = to + i / kInt4Inputs * kInt4RowBytes;
    for (int v = 0; v < kInt4Inputs / kLanes; v += 4) {
      const Ints bytes = signed_bytes(values + v);
      __builtin_memcpy(block + v * kLanes, &bytes, sizeof bytes);
    }
    finish_int4_block<pairs>(block);
  });
}

// Rows of y ← the totals of a panel, each times the scales of its row and of its output, rounded as in Int8Dots.
template <int rows>
GLASSFORMER_IN_TILE void store_totals(const PanelTile& t, const Ints (&totals)[rows][kParts]) {
  const float* x_scales = t.x_scales;  // a copy that no store can change
  const float* scales = t.scales;
  store_tile<rows>(t, [&, x_scales, scales](int r, int part) {
    return to_floats(totals[r][part]) * (broadcast(x_scales[r]) * load(scales + part * kLanes));
  });
}

// prefetch_ahead for the kInt4Words lines of a block.
template <int rows>
inline void prefetch_beside_block(const char*& ahead, int lines, std::int64_t line) {
  if (lines < 0) {
    if (kLanes == 16 && rows <= kPageRows && line / kPageLines != (line + kInt4Words) / kPageLines) prefetch_second(ahead + line * kPanelLine);
    return;
  }
  const std::int64_t count = lines * (line + kInt4Words) / kLinesAtATime - lines * line / kLinesAtATime;
  for (std::int64_t i = 0; i < count; i++, ahead += kPanelLine) prefetch_second(ahead);
}

#endif

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
