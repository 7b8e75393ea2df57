// ssru: token by token of each sentence. Threads share the columns.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/recurrence/ssru_token.h"
#include "kernels/recurrence/tokens.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/derivatives.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

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

// ssruGradient: from the last token of each sentence to its first. `carried` is the gradient of the state before the
// current token.
void ssru_gradient(const SsruGradientArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  const std::int64_t width = columns.length();
  float* carried = partition.scratch;
  float* d_bias = carried + scratch_stride(args.x.width);
  const float* bias = row_from(args.forget_bias, 0, columns);
  clear_row(d_bias, width);
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    clear_row(carried, width);
    for (std::int64_t r = rows.end - 1; r >= rows.begin; r--) {
      const float* x = row_from(args.x, r, columns);
      const float* forget = row_from(args.forget, r, columns);
      const float* state = row_from(args.states, r, columns);
      const float* before = r > rows.begin ? row_from(args.states, r - 1, columns) : nullptr;
      const float* d_recurred = row_from(args.d_recurred, r, columns);
      float* dx = row_from(args.dx, r, columns);
      float* d_forget = row_from(args.d_forget, r, columns);
      // h = relu(c) + residual, c = g ∘ before + (1 − g) ∘ x, g = sigmoid(forget + bias)
      for_columns(width, [&](std::int64_t i, auto n) {
        const Vec zero = broadcast(0);
        const Vec gate = sigmoid(load(forget + i, n) + load(bias + i, n));
        const Vec kept = broadcast(1) - gate;
        // relu passes dh where c is positive. Later tokens have added their gradient of c to `carried`.
        const Vec passed = select(less(zero, load(state + i, n)), load(d_recurred + i, n), zero);
        const Vec d_state = load(carried + i, n) + passed;
        // g multiplies before − x, and has the derivative g (1 − g) by the gate's input.
        const Vec change = (before ? load(before + i, n) : zero) - load(x + i, n);
        const Vec d_gate = gate * kept * change * d_state;
        // x enters c with the weight 1 − g; the state before enters c with the weight g.
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

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
