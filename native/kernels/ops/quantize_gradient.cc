// quantizeGradient: straight through, and the pull of the errors.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void quantize_gradient(const QuantizeGradientArgs& args, const Partition& partition) {
  const Range rows = part_of(args.x.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const Vec pull = broadcast(*row_of(args.d_errors, r) * 2 / static_cast<float>(args.x.width));
    const float* x = row_of(args.x, r);
    const float* quantized = row_of(args.quantized, r);
    const float* d_quantized = row_of(args.d_quantized, r);
    float* dx = row_of(args.dx, r);
    for_columns(args.x.width, [&](std::int64_t i, auto n) {
      store(dx + i, fma(pull, load(x + i, n) - load(quantized + i, n), load(d_quantized + i, n)), n);
    });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
