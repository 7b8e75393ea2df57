// headOff: a copy in which one head is zeros.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void head_off(const HeadOffArgs& args, const Partition& partition) {
  const Matrix& kept = args.kept;
  const std::int64_t width = kept.width / args.heads;
  const Range rows = part_of(kept.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* from = row_of(args.attended, r);
    float* to = row_of(kept, r);
    copy_row(to, from, kept.width);
    clear_row(to + args.head * width, width);
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
