// activation: value by value.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/derivatives.h"
#include "kernels/vector/for_activation.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void activation(const ActivationArgs& args, const Partition& partition) {
  const Range rows = part_of(args.activated.rows, 1, partition);
  for_activation(args.activation, [&](auto kind) {
    for (std::int64_t r = rows.begin; r < rows.end; r++) {
      const float* x = row_of(args.x, r);
      float* y = row_of(args.activated, r);
      for_columns(args.activated.width, [&](std::int64_t i, auto n) {
        store(y + i, activate(load(x + i, n), static_cast<Activation>(kind())), n);
      });
    }
  });
}

// activationGradient: dx = dy · the derivative at x, value by value.
void activation_gradient(const ActivationGradientArgs& args, const Partition& partition) {
  const Range rows = part_of(args.dx.rows, 1, partition);
  for_activation(args.activation, [&](auto kind) {
    for (std::int64_t r = rows.begin; r < rows.end; r++) {
      const float* x = row_of(args.x, r);
      const float* dy = row_of(args.dy, r);
      float* dx = row_of(args.dx, r);
      for_columns(args.dx.width, [&](std::int64_t i, auto n) {
        store(dx + i, differentiated<static_cast<Activation>(kind())>(load(x + i, n), load(dy + i, n)), n);
      });
    }
  });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
