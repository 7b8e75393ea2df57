// depthwise: row by row of each sentence. Threads share the columns.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/recurrence/taps.h"
#include "kernels/recurrence/tokens.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void depthwise(const DepthwiseArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    for (std::int64_t r = rows.begin; r < rows.end; r++) {
      const Range taps = taps_of(args, rows, r);
      float* to = row_from(args.convolved, r, columns);
      for_columns(columns.length(), [&](std::int64_t i, auto n) {
        Vec sum = broadcast(0);
        for (std::int64_t j = taps.begin; j < taps.end; j++) {
          const std::int64_t read = r + (j - args.before) * args.dilation;
          sum = fma(load(row_from(args.weight, j, columns) + i, n), load(row_from(args.x, read, columns) + i, n), sum);
        }
        store(to + i, sum, n);
      });
    }
  }
}

// depthwiseGradient: y_r has the term w_j ∘ x_s with s = r + (j − before) · dilation, so that each factor gets dy_r
// times the other. Threads share the columns.
namespace {

// dx_s ← Σ_j w_j ∘ dy of the row that reads x_s by tap j
void convolution_input_gradient(const DepthwiseGradientArgs& args, const Range& rows, Range columns) {
  for (std::int64_t s = rows.begin; s < rows.end; s++) {
    const Range taps = taps_into(args, rows, s);
    float* dx = row_from(args.dx, s, columns);
    for_columns(columns.length(), [&](std::int64_t i, auto n) {
      Vec sum = broadcast(0);
      for (std::int64_t j = taps.begin; j < taps.end; j++) {
        const std::int64_t r = s - (j - args.before) * args.dilation;
        sum = fma(load(row_from(args.weight, j, columns) + i, n), load(row_from(args.d_convolved, r, columns) + i, n), sum);
      }
      store(dx + i, sum, n);
    });
  }
}

// d_weight_j += Σ_r x_s ∘ dy_r over the rows r of all sentences whose tap j stays in their sentence
void convolution_weight_gradient(const DepthwiseGradientArgs& args, std::int64_t j, Range columns) {
  float* d_weight = row_from(args.d_weight, j, columns);
  for_columns(columns.length(), [&](std::int64_t i, auto n) {
    Vec sum = broadcast(0);
    for (std::int64_t b = 0; b < args.spans.rows; b++) {
      const Range rows = span_of(args.spans, b);
      for (std::int64_t r = rows.begin; r < rows.end; r++) {
        const Range taps = taps_of(args, rows, r);
        if (j < taps.begin || j >= taps.end) continue;
        const std::int64_t s = r + (j - args.before) * args.dilation;
        sum = fma(load(row_from(args.x, s, columns) + i, n), load(row_from(args.d_convolved, r, columns) + i, n), sum);
      }
    }
    store(d_weight + i, load(d_weight + i, n) + sum, n);
  });
}

}  // namespace

void depthwise_gradient(const DepthwiseGradientArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  for (std::int64_t b = 0; b < args.spans.rows; b++) convolution_input_gradient(args, span_of(args.spans, b), columns);
  for (std::int64_t j = 0; j < args.weight.rows; j++) convolution_weight_gradient(args, j, columns);
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
