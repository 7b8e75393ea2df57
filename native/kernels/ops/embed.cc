// embed: rows of a table, picked by their numbers.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/panels/packed.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y [width] ← table row · scale + position row. A null table row counts as zeros, and may be y; a null position row is
// left out.
void embed_row(float* y, const float* from, const float* position, float scale, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) {
    // Product and sum are rounded one after the other, as in the JavaScript kernel.
    Vec value = from ? load(from + i, n) * broadcast(scale) : broadcast(0);
    if (position) value = value + load(position + i, n);
    store(y + i, value, n);
  });
}

// Row `token` of the table, unpacked to `to` if the table is encoded; null if there is no token.
inline const float* table_row(const Matrix& table, std::int32_t token, float* to) {
  if (token < 0) return nullptr;
  if (table.encoding == Encoding::kFloat32) return row_of(table, token);
  unpack_row(to, table, token);
  return to;
}

}  // namespace

void embed(const EmbedArgs& args, const Partition& partition) {
  const Matrix& table = args.table;
  const Matrix& tokens = args.tokens;
  const Matrix& positions = args.positions;
  const Matrix& position_table = args.position_table;
  const Matrix& y = args.embedded;
  const float scale = static_cast<float>(args.scale);
  const std::int64_t offset = args.position_offset;
  const Range rows = part_of(y.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const std::int32_t token = integer_at(tokens, r);
    const float* position = positions.integers ? row_of(position_table, integer_at(positions, r) + offset) : nullptr;
    embed_row(row_of(y, r), table_row(table, token, row_of(y, r)), position, scale, y.width);
  }
}

// embedGradient: x = table[token] · scale + positionTable[position], so that the table's row of a token gets scale · dx
// wherever the token occurs, and the position's row gets dx.
// Threads share the columns, so that rows of the same token are added in their order.
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
