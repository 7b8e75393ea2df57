// lowRank: row by row and rank by rank, so that no row depends on others.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/low_rank_places.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Σ a · b over [width]
float dot(const float* a, const float* b, std::int64_t width) {
  Lanes total = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) { total.part[part] = fma(load(a + i, n), load(b + i, n), total.part[part]); });
  return sum(total);
}

}  // namespace

void low_rank(const LowRankArgs& args, const Partition& partition) {
  const LowRankWidths widths = low_rank_widths(args);
  const bool is_forward = args.direction == kForward;
  const Matrix& y = args.adapted;
  const float* values = args.matrices.floats;
  const Range rows = part_of(y.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    float* to = row_of(y, r);
    if (args.product.floats) copy_row(to, row_of(args.product, r), y.width);
    else clear_row(to, y.width);
    const std::int64_t adapter = integer_at(args.adapters, r);
    for (std::int64_t part = 0; adapter >= 0 && part < widths.parts; part++) {
      const LowRankPlace place = low_rank_place(args, adapter, part);
      const std::int64_t column = part * widths.part;
      for (std::int64_t k = 0; k < place.rank; k++) {
        const float* down = values + place.down + k * widths.whole;
        const float* up = values + place.up + k * widths.part;
        if (is_forward) add_row(to + column, up, dot(x, down, widths.whole), widths.part);
        else add_row(to, down, dot(x + column, up, widths.part), widths.whole);
      }
    }
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
