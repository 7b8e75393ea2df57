// activationGradient: value by value, dx = dy · the derivative at x.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/derivatives.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

template <Activation kind>
void differentiate_rows(const ActivationGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    const float* dy = row_of(args.dy, r);
    float* to = row_of(dx, r);
    for_columns(dx.width,
                [&](std::int64_t i, auto n) { store(to + i, differentiated<kind>(load(x + i, n), load(dy + i, n)), n); });
  }
}

}  // namespace

void activation_gradient(const ActivationGradientArgs& args, const Partition& partition) {
  const Activation kind = args.activation;
  if (kind == kRelu) differentiate_rows<kRelu>(args, partition);
  else if (kind == kGelu) differentiate_rows<kGelu>(args, partition);
  else if (kind == kGeluTanh) differentiate_rows<kGeluTanh>(args, partition);
  else if (kind == kSwish) differentiate_rows<kSwish>(args, partition);
  else differentiate_rows<kNone>(args, partition);
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
