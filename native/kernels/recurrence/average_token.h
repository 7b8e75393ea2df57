// One token of a cumulative average.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// sum ← before + x, where `before` may be null; averaged ← sum / count
inline void average_token(const float* before, const float* x, float* sum, float* averaged, std::int64_t width, std::int64_t count) {
  const Vec number = broadcast(static_cast<float>(count));
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec total = before ? load(before + i, n) + load(x + i, n) : load(x + i, n);
    store(sum + i, total, n);
    store(averaged + i, total / number, n);
  });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
