// average, averageStep and averageGradient.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/recurrence/tokens.h"
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

void average(const AverageArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  float* sum = partition.scratch;
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    for (std::int64_t r = rows.begin; r < rows.end; r++)
      average_token(r > rows.begin ? sum : nullptr, row_from(args.x, r, columns), sum, row_from(args.averaged, r, columns),
                    columns.length(), r - rows.begin + 1);
  }
}

void average_step(const AverageStepArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  for (std::int64_t r = 0; r < args.x.rows; r++) {
    const std::int64_t parent = integer_at(args.parents, r);
    average_token(parent < 0 ? nullptr : row_from(args.cache, parent, columns), row_from(args.x, r, columns),
                  row_from(args.cache, integer_at(args.slots, r), columns), row_from(args.averaged, r, columns),
                  columns.length(), integer_at(args.lengths, r));
  }
}

// From the last token of each sentence to its first.
void average_gradient(const AverageGradientArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.dx.width, partition);
  float* sum = partition.scratch;
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    clear(sum, columns.length());
    for (std::int64_t r = rows.end - 1; r >= rows.begin; r--) {
      const Vec count = broadcast(static_cast<float>(r - rows.begin + 1));
      const float* d_averaged = row_from(args.d_averaged, r, columns);
      float* dx = row_from(args.dx, r, columns);
      for_columns(columns.length(), [&](std::int64_t i, auto n) {
        const Vec total = load(sum + i, n) + load(d_averaged + i, n) / count;
        store(sum + i, total, n);
        store(dx + i, total, n);
      });
    }
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
