// gatedActivation: activation(gate) · x, value by value.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/for_activation.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void gated_activation(const GatedActivationArgs& args, const Partition& partition) {
  const Range rows = part_of(args.gated.rows, 1, partition);
  for_activation(args.activation, [&](auto kind) {
    for (std::int64_t r = rows.begin; r < rows.end; r++) {
      const float* gate = row_of(args.gate, r);
      const float* x = row_of(args.x, r);
      float* y = row_of(args.gated, r);
      for_columns(args.gated.width, [&](std::int64_t i, auto n) {
        store(y + i, activate(load(gate + i, n), static_cast<Activation>(kind())) * load(x + i, n), n);
      });
    }
  });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
