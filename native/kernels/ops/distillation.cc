// distillation: the losses of a student beside its teacher (teaching.h).
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/loss/logits.h"
#include "kernels/loss/teaching.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Losses of rows [begin, end) of a chunk.
void distillation_losses(const Matrix& losses, const Matrix& ids, const Logits& student, const Logits& teacher,
                   const DistillationTarget& target, Range rows) {
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const std::int64_t at = student.first + r;
    const DistilledRow row = distill_row(student.row(r), teacher.row(r), student.classes, integer_at(ids, at), target);
    *row_of(losses, at) = static_cast<float>(row.loss);
  }
}

}  // namespace

void distillation(const DistillationArgs& args, const Partition& partition) {
  const DistillationTarget target = target_of(args);
  for_both_logits(args, partition, [&](const Logits& z, const Logits& t) {
    distillation_losses(args.losses, args.ids, z, t, target, part_of(z.rows, 1, partition));
  });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
