// Targets with label smoothing, for losses fused with the output projection.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/loss/logits.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The distribution of the target: `off` on every class, and `on` more on the right class.
struct Smoothed {
  double on;
  double off;
};

inline Smoothed smoothed(double smoothing, Over over, std::int64_t classes) {
  if (over == kAll) return {1 - smoothing, smoothing / static_cast<double>(classes)};
  const double off = smoothing / static_cast<double>(classes > 2 ? classes - 1 : 1);
  return {1 - smoothing - off, off};
}

// Numbers to subtract from the gradient of every class, factor · off, and in addition from that of the right class.
// Both together are factor · (on + off) with a single rounding, because errors would add up over many rows.
struct TargetGradient {
  float every;
  float right;
};

inline TargetGradient target_gradient(const Smoothed& target, double factor) {
  const float every = static_cast<float>(factor * target.off);
  return {every, static_cast<float>(factor * (target.on + target.off) - every)};
}

// The part of a row's loss that is linear in the logits: Σ q · logits.
double target_product(const float* row, std::int64_t classes, std::int32_t id, const Smoothed& target) {
  const double sum = target.off != 0 ? row_sum(row, classes) : 0;
  return target.on * row[id] + target.off * sum;
}

template <class Args>
inline Projection projection_of(const Args& args) {
  return {args.x, args.weight, args.bias, static_cast<float>(args.scale)};
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
