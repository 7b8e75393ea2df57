// activation.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y [width] ← x [width]
template <Activation kind>
void activate_row(float* y, const float* x, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) { store(y + i, activate(load(x + i, n), kind), n); });
}

void activate_row(float* y, const float* x, std::int64_t width, Activation kind) {
  if (kind == kRelu) activate_row<kRelu>(y, x, width);
  else if (kind == kGelu) activate_row<kGelu>(y, x, width);
  else if (kind == kGeluTanh) activate_row<kGeluTanh>(y, x, width);
  else if (kind == kSwish) activate_row<kSwish>(y, x, width);
  else activate_row<kNone>(y, x, width);
}

}  // namespace

void activation(const ActivationArgs& args, const Partition& partition) {
  const Matrix& x = args.x;
  const Matrix& y = args.activated;
  const Range rows = part_of(y.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++)
    activate_row(row_of(y, r), row_of(x, r), y.width, args.activation);
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
