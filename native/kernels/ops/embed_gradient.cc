// embedGradient: x = table[token] · scale + positionTable[position], so a row of the table gathers scale · dx wherever its token stands, and a row
// of the position table gathers dx.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// to [width] += scale · x [width]
inline void add_row(float* to, const float* x, float scale, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) { store(to + i, fma(broadcast(scale), load(x + i, n), load(to + i, n)), n); });
}

}  // namespace

// Threads share the columns, so that rows with the same token are added in their order.
void embed_gradient(const EmbedGradientArgs& args, const Partition& partition) {
  const Matrix& tokens = args.tokens;
  const Matrix& positions = args.positions;
  const Matrix& dx = args.dx;
  const float scale = static_cast<float>(args.scale);
  const std::int64_t offset = args.position_offset;
  const Range columns = part_of(dx.width, kScratchStep, partition);
  const std::int64_t width = columns.length();
  for (std::int64_t r = 0; r < dx.rows; r++) {
    const float* from = row_of(dx, r) + columns.begin;
    const std::int32_t token = integer_at(tokens, r);
    if (token >= 0) add_row(row_of(args.d_table, token) + columns.begin, from, scale, width);
    if (positions.integers)
      add_row(row_of(args.d_position_table, integer_at(positions, r) + offset) + columns.begin, from, 1, width);
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
