// rotate: turns pairs of a head's numbers by the position of their row.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y [d_head] ← x, turned by angles given as cos θ₀, sin θ₀, cos θ₁, …; `sign` −1 turns back.
void rotate_head(float* y, const float* x, const float* angles, float sign, std::int64_t d_head) {
  for (std::int64_t i = 0; i < d_head; i += 2) {
    const float cos = angles[i];
    const float sin = sign * angles[i + 1];
    const float a = x[i];
    const float b = x[i + 1];
    y[i] = a * cos - b * sin;
    y[i + 1] = a * sin + b * cos;
  }
}

}  // namespace

void rotate(const RotateArgs& args, const Partition& partition) {
  const Matrix& y = args.rotated;
  const std::int64_t d_head = args.rotations.width;
  const float sign = args.direction == kBack ? -1.0f : 1.0f;
  const Range rows = part_of(y.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    float* to = row_of(y, r);
    const float* angles = row_of(args.rotations, integer_at(args.positions, r));
    for (std::int64_t head = 0; head < args.columns; head += d_head) rotate_head(to + head, x + head, angles, sign, d_head);
    for (std::int64_t i = args.columns; i < y.width; i++) to[i] = x[i];
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
