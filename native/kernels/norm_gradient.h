// layerNormGradient, rmsNormGradient and normWeightGradient.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// With d = dy · gamma and x̂ = (x − near − shift) · scale: dx = scale (d − [centred] mean(d) − x̂ mean(d x̂)). All [width].
template <bool centred>
void norm_gradient_row(float* dx, const float* x, const float* gamma, const float* dy, std::int64_t width,
                       const Moments& m) {
  const Vec near = broadcast(m.near);
  const Vec shift = broadcast(m.shift);
  const Vec scale = broadcast(m.reciprocal_deviation);
  Vec total = broadcast(0);
  Vec products = broadcast(0);
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec d = load(dy + i, n) * load(gamma + i, n);
    total = total + d;
    // Lanes that are not there have d = 0.
    products = fma(d, (load(x + i, n) - near - shift) * scale, products);
  });
  const Vec mean = broadcast(centred ? sum(total) / static_cast<float>(width) : 0);
  const Vec slope = broadcast(sum(products) / static_cast<float>(width));
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec normed = (load(x + i, n) - near - shift) * scale;
    store(dx + i, scale * (load(dy + i, n) * load(gamma + i, n) - mean - normed * slope), n);
  });
}

void layer_norm_gradient(const Call& call, const Share& share) {
  const Matrix& dx = call.outputs[0];
  const Range rows = part_of(dx.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(call.inputs[0], r);
    const Moments m = moments(x, dx.width, call.attributes[0]);
    norm_gradient_row<true>(row_of(dx, r), x, call.inputs[1].floats, row_of(call.inputs[2], r), dx.width, m);
    float* statistics = row_of(call.outputs[1], r);
    statistics[0] = m.near + m.shift;
    statistics[1] = m.reciprocal_deviation;
  }
}

void rms_norm_gradient(const Call& call, const Share& share) {
  const Matrix& dx = call.outputs[0];
  const Range rows = part_of(dx.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(call.inputs[0], r);
    const Moments m = {0, 0, rms_scale(x, dx.width, call.attributes[0])};
    norm_gradient_row<false>(row_of(dx, r), x, call.inputs[1].floats, row_of(call.inputs[2], r), dx.width, m);
    float* statistics = row_of(call.outputs[1], r);
    statistics[0] = 0;
    statistics[1] = m.reciprocal_deviation;
  }
}

// Columns [begin, end) of into [1, width] += Σ over rows of x
void add_column_sums(const Matrix& into, const Matrix& x, Range columns) {
  for_columns(columns.end - columns.begin, [&](std::int64_t i, auto n) {
    Vec total = broadcast(0);
    for (std::int64_t r = 0; r < x.rows; r++) total = total + load(row_of(x, r) + columns.begin + i, n);
    float* to = into.floats + columns.begin + i;
    store(to, load(to, n) + total, n);
  });
}

// Threads share the columns.
void norm_weight_gradient(const Call& call, const Share& share) {
  const Matrix& x = call.inputs[0];
  const Matrix& statistics = call.inputs[1];
  const Matrix& dy = call.inputs[2];
  const Range columns = part_of(x.width, kScratchStep, share);
  for_columns(columns.end - columns.begin, [&](std::int64_t i, auto n) {
    const std::int64_t column = columns.begin + i;
    Vec total = broadcast(0);
    for (std::int64_t r = 0; r < x.rows; r++) {
      const float* moments = row_of(statistics, r);
      const Vec normed = (load(row_of(x, r) + column, n) - broadcast(moments[0])) * broadcast(moments[1]);
      total = fma(load(row_of(dy, r) + column, n), normed, total);
    }
    float* to = call.inputs[3].floats + column;
    store(to, load(to, n) + total, n);
  });
  if (call.inputs[4].floats) add_column_sums(call.inputs[4], dy, columns);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
