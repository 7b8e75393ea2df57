// The layout of low-rank branches, for the op and its kernel.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"

namespace glassformer {

// The width of the product's input, the number of equal parts of its output, and the width of each part.
struct LowRankWidths {
  std::int64_t whole;
  std::int64_t parts;
  std::int64_t part;
};

inline LowRankWidths low_rank_widths(const LowRankArgs& args) {
  const bool is_forward = args.direction == kForward;
  const std::int64_t parts = args.places.width / 3;
  return {is_forward ? args.x.width : args.outputs, parts, (is_forward ? args.outputs : args.x.width) / parts};
}

// Where A [rank, whole] and Bᵀ [rank, part] of a part begin, in floats into the matrices.
struct LowRankPlace {
  std::int64_t down;
  std::int64_t up;
  std::int64_t rank;
};

inline LowRankPlace low_rank_place(const LowRankArgs& args, std::int64_t adapter, std::int64_t part) {
  const std::int32_t* place = args.places.integers + adapter * args.places.stride + 3 * part;
  return {place[0], place[1], place[2]};
}

}  // namespace glassformer
