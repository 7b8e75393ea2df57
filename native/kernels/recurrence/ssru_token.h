// One token of the simpler simple recurrent unit.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/derivatives.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// One token of the unit, in some columns. `before` is null before the first token, which counts as zeros; `residual`
// and `gates` may be null.
struct SsruToken {
  const float* x;
  const float* forget;
  const float* bias;
  const float* before;
  const float* residual;
  float* state;
  float* recurred;
  float* gates;
};

template <bool has_before, bool has_residual>
inline void ssru_token(const SsruToken& at, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec x = load(at.x + i, n);
    const Vec gate = sigmoid(load(at.forget + i, n) + load(at.bias + i, n));
    const Vec before = has_before ? load(at.before + i, n) : broadcast(0);
    const Vec state = fma(gate, before - x, x);
    store(at.state + i, state, n);
    const Vec residual = has_residual ? load(at.residual + i, n) : broadcast(0);
    store(at.recurred + i, relu(state) + residual, n);
    if (at.gates) store(at.gates + i, gate, n);
  });
}

inline void ssru_token(const SsruToken& at, std::int64_t width) {
  if (at.before && at.residual) ssru_token<true, true>(at, width);
  else if (at.before) ssru_token<true, false>(at, width);
  else if (at.residual) ssru_token<false, true>(at, width);
  else ssru_token<false, false>(at, width);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
