// softmaxGradient, logSoftmaxGradient and tokenScoreGradient.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Σ a · b over [width]
float row_product(const float* a, const float* b, std::int64_t width) {
  Vec total = broadcast(0);
  for_columns(width, [&](std::int64_t i, auto n) { total = fma(load(a + i, n), load(b + i, n), total); });
  return sum(total);
}

void softmax_gradient(const Call& call, const Share& share) {
  const Matrix& dx = call.outputs[0];
  const Range rows = part_of(dx.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* y = row_of(call.inputs[0], r);
    const float* dy = row_of(call.inputs[1], r);
    float* to = row_of(dx, r);
    const Vec product = broadcast(row_product(y, dy, dx.width));
    for_columns(dx.width,
                [&](std::int64_t i, auto n) { store(to + i, load(y + i, n) * (load(dy + i, n) - product), n); });
  }
}

void log_softmax_gradient(const Call& call, const Share& share) {
  const Matrix& dx = call.outputs[0];
  const Range rows = part_of(dx.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* y = row_of(call.inputs[0], r);
    const float* dy = row_of(call.inputs[1], r);
    float* to = row_of(dx, r);
    const Vec total = broadcast(row_sum(dy, dx.width));
    for_columns(dx.width,
                [&](std::int64_t i, auto n) { store(to + i, load(dy + i, n) - exp(load(y + i, n)) * total, n); });
  }
}

void token_score_gradient(const Call& call, const Share& share) {
  const Matrix& dx = call.outputs[0];
  const Range rows = part_of(dx.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(call.inputs[0], r);
    const float d = *row_of(call.inputs[2], r);
    float* to = row_of(dx, r);
    const float total = exponentials(to, x, dx.width, row_max(x, dx.width));
    scale_row(to, to, dx.width, -d / total);
    to[integer_at(call.inputs[1], r)] += d;
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
