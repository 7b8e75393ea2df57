// ssru, ssruStep and ssruGradient.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/recurrence/tokens.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/activation_gradient.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// One token of the unit, some columns of it; `before` is null behind zeros, `residual` and `gates` may be null.
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

void ssru(const SsruArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    for (std::int64_t r = rows.begin; r < rows.end; r++)
      ssru_token({row_from(args.x, r, columns), row_from(args.forget, r, columns), row_from(args.forget_bias, 0, columns),
                  r > rows.begin ? row_from(args.states, r - 1, columns) : nullptr,
                  args.residual.floats ? row_from(args.residual, r, columns) : nullptr, row_from(args.states, r, columns),
                  row_from(args.recurred, r, columns), args.gates.floats ? row_from(args.gates, r, columns) : nullptr},
                 columns.length());
  }
}

void ssru_step(const SsruStepArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  for (std::int64_t r = 0; r < args.x.rows; r++) {
    const std::int64_t parent = integer_at(args.parents, r);
    ssru_token({row_from(args.x, r, columns), row_from(args.forget, r, columns), row_from(args.forget_bias, 0, columns),
                parent < 0 ? nullptr : row_from(args.cache, parent, columns),
                args.residual.floats ? row_from(args.residual, r, columns) : nullptr,
                row_from(args.cache, integer_at(args.slots, r), columns), row_from(args.recurred, r, columns), nullptr},
               columns.length());
  }
}

// From the last token of each sentence to its first. `carried` is the gradient of the state before the present token.
void ssru_gradient(const SsruGradientArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  const std::int64_t width = columns.length();
  float* carried = partition.scratch;
  float* d_bias = carried + scratch_stride(args.x.width);
  const float* bias = row_from(args.forget_bias, 0, columns);
  clear(d_bias, width);
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    clear(carried, width);
    for (std::int64_t r = rows.end - 1; r >= rows.begin; r--) {
      const float* x = row_from(args.x, r, columns);
      const float* forget = row_from(args.forget, r, columns);
      const float* state = row_from(args.states, r, columns);
      const float* before = r > rows.begin ? row_from(args.states, r - 1, columns) : nullptr;
      const float* d_recurred = row_from(args.d_recurred, r, columns);
      float* dx = row_from(args.dx, r, columns);
      float* d_forget = row_from(args.d_forget, r, columns);
      for_columns(width, [&](std::int64_t i, auto n) {
        const Vec zero = broadcast(0);
        const Vec gate = sigmoid(load(forget + i, n) + load(bias + i, n));
        const Vec kept = broadcast(1) - gate;
        const Vec passed = select(less(zero, load(state + i, n)), load(d_recurred + i, n), zero);
        const Vec d_state = load(carried + i, n) + passed;
        const Vec change = (before ? load(before + i, n) : zero) - load(x + i, n);
        const Vec d_gate = gate * kept * change * d_state;
        store(dx + i, kept * d_state, n);
        store(d_forget + i, d_gate, n);
        store(d_bias + i, load(d_bias + i, n) + d_gate, n);
        store(carried + i, gate * d_state, n);
      });
    }
  }
  float* into = row_from(args.d_forget_bias, 0, columns);
  for_columns(width, [&](std::int64_t i, auto n) { store(into + i, load(into + i, n) + load(d_bias + i, n), n); });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
