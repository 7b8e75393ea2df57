// mixture: some rows at a time, expert by expert, over the rows that it has; threads share the rows.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/experts/expert_rows.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y += gate · scale · made, row by row of the list
void add_rows(const MixtureArgs& args, std::int64_t expert, const std::int32_t* list, const Matrix& made) {
  for (std::int64_t i = 0; i < made.rows; i++) {
    const Vec factor = broadcast(static_cast<float>(row_of(args.gates, list[i])[expert] * args.scale));
    float* y = row_of(args.mixed, list[i]);
    for_columns(made.width, [&](std::int64_t c, auto n) { store(y + c, fma(factor, load(row_of(made, i) + c, n), load(y + c, n)), n); });
  }
}

}  // namespace

void mixture(const MixtureArgs& args, const Partition& partition) {
  const std::int64_t experts = args.gates.width;
  const ExpertRoom room = room_for_experts(partition.scratch, args.x.width, args.outer.width, args.mixed.width);
  in_blocks(part_of(args.x.rows, 1, partition), [&](Range rows) {
    for (std::int64_t r = rows.begin; r < rows.end; r++)
      for_columns(args.mixed.width, [&](std::int64_t c, auto n) { store(row_of(args.mixed, r) + c, broadcast(0), n); });
    for (std::int64_t e = 0; e < experts; e++) {
      const std::int64_t count = list_rows(room.list(), args.gates, e, rows);
      if (count == 0) continue;
      gather_rows(room.x(count), args.x, room.list());
      expert_product(args, room.x(count), expert_weight(args.inner, experts, e), room.hidden_rows(count), args.activation, room);
      const Matrix made = room.out(count, args.mixed.width);
      expert_product(args, room.hidden_rows(count), expert_weight(args.outer, experts, e), made, kNone, room);
      add_rows(args, e, room.list(), made);
    }
  });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
