// normWeightGradient: y = x̂ · gamma + beta in every row, so that gamma gets Σ dy · x̂ and beta gets Σ dy. Some columns
// at a time, over all rows.
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

// d_gamma [columns] += Σ dy · (x − mean) · scale, and d_beta += Σ dy, from `column` on. d_beta may be null.
template <int vectors, class N>
inline void add_norm_sums(const NormWeightGradientArgs& args, std::int64_t column, N n) {
  const Matrix &x = args.x, &statistics = args.statistics, &dy = args.dy;
  Vec products[vectors], totals[vectors];
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) products[v] = totals[v] = broadcast(0);
  for (std::int64_t r = 0; r < x.rows; r++) {
    const float* moments = row_of(statistics, r);
    const Vec mean = broadcast(moments[0]);
    const Vec scale = broadcast(moments[1]);
    GLASSFORMER_UNROLL
    for (int v = 0; v < vectors; v++) {
      const Vec d = load(row_of(dy, r) + column + v * kLanes, n);
      products[v] = fma(d, (load(row_of(x, r) + column + v * kLanes, n) - mean) * scale, products[v]);
      totals[v] = totals[v] + d;
    }
  }
  float* d_gamma = args.d_gamma.floats + column;
  float* d_beta = args.d_beta.floats ? args.d_beta.floats + column : nullptr;
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) {
    const std::int64_t at = v * kLanes;
    store(d_gamma + at, load(d_gamma + at, n) + products[v], n);
    if (d_beta) store(d_beta + at, load(d_beta + at, n) + totals[v], n);
  }
}

}  // namespace

// Threads share the columns.
void norm_weight_gradient(const NormWeightGradientArgs& args, const Partition& partition) {
  const Range columns = part_of(args.x.width, kScratchStep, partition);
  std::int64_t i = columns.begin;
  for (; i + 4 * kLanes <= columns.end; i += 4 * kLanes) add_norm_sums<4>(args, i, Whole{});
  for_columns(columns.end - i, [&](std::int64_t rest, auto n) { add_norm_sums<1>(args, i + rest, n); });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
