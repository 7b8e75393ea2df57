// semanticHash: bits, or their soft values before they are rounded.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/soft_bit.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void semantic_hash(const SemanticHashArgs& args, const Partition& partition) {
  const Range rows = part_of(args.x.rows, 1, partition);
  const bool has_noise = args.noise.width > 0;
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const bool is_hard = !has_noise || integer_at(args.hard, r) != 0;
    const float* x = row_of(args.x, r);
    const float* noise = has_noise ? row_of(args.noise, r) : nullptr;
    float* code = row_of(args.code, r);
    for_columns(args.x.width, [&](std::int64_t i, auto n) {
      const Vec u = noise ? load(x + i, n) + load(noise + i, n) : load(x + i, n);
      const Vec bits = select(less(broadcast(0), u), broadcast(1), broadcast(0));
      store(code + i, is_hard ? bits : soft_bit(sigmoid(u)), n);
    });
  }
}

// semanticHashGradient: the slope of the soft value.
void semantic_hash_gradient(const SemanticHashGradientArgs& args, const Partition& partition) {
  const Range rows = part_of(args.x.rows, 1, partition);
  const bool has_noise = args.noise.width > 0;
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    const float* noise = has_noise ? row_of(args.noise, r) : nullptr;
    const float* d_code = row_of(args.d_code, r);
    float* dx = row_of(args.dx, r);
    for_columns(args.x.width, [&](std::int64_t i, auto n) {
      const Vec s = sigmoid(noise ? load(x + i, n) + load(noise + i, n) : load(x + i, n));
      const Vec soft = soft_bit(s);
      const Vec slope = broadcast(1.2f) * s * (broadcast(1) - s);
      const Vec zero = broadcast(0);
      const Vec within = select(less(zero, soft), select(less(soft, broadcast(1)), slope, zero), zero);
      store(dx + i, load(d_code + i, n) * within, n);
    });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
