// activation: value by value.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/derivatives.h"
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

// activationGradient: dx = dy · the derivative at x, value by value.
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
