// moveCodebook: one thread adds rows to the entries, in the order of the rows.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void move_codebook(const MoveCodebookArgs& args, const Partition& partition) {
  if (partition.part != 0) return;
  const std::int64_t width = args.codebook.width;
  const std::int64_t entries = args.codebook.rows / args.blocks;
  const float decay = static_cast<float>(args.decay);
  const float share = static_cast<float>(1 - args.decay);
  for (std::int64_t block = 0; block < args.blocks; block++) {
    const std::int64_t first = block * entries;
    for (std::int64_t e = first; e < first + entries; e++) {
      *row_of(args.counts, e) *= decay;
      float* sums = row_of(args.sums, e);
      for_columns(width, [&](std::int64_t i, auto n) { store(sums + i, broadcast(decay) * load(sums + i, n), n); });
    }
    for (std::int64_t r = 0; r < args.x.rows; r++) {
      const std::int64_t e = first + args.codes.integers[r * args.codes.stride + block];
      *row_of(args.counts, e) += share;
      add_row(row_of(args.sums, e), row_of(args.x, r) + block * width, share, width);
    }
    double all = 0;
    for (std::int64_t e = first; e < first + entries; e++) all += *row_of(args.counts, e);
    for (std::int64_t e = first; e < first + entries; e++) {
      const double count = (*row_of(args.counts, e) + args.epsilon) / (all + static_cast<double>(entries) * args.epsilon) * all;
      const Vec factor = broadcast(static_cast<float>(1 / count));
      const float* sums = row_of(args.sums, e);
      float* entry = row_of(args.codebook, e);
      for_columns(width, [&](std::int64_t i, auto n) { store(entry + i, load(sums + i, n) * factor, n); });
    }
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
