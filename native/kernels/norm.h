// layerNorm and rmsNorm.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Sum of x [width]
float row_sum(const float* x, std::int64_t width) {
  Lanes total = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) { total.part[part] = total.part[part] + load(x + i, n); });
  return sum(total);
}

// mean = near + shift: where |mean| is large, float32 is too coarse for it.
struct Moments {
  float near;
  float shift;
  float reciprocal_deviation;
};

// The sum in float32 gives the mean roughly; the mean of x − near says by how much it is off, and corrects both moments.
Moments moments(const float* x, std::int64_t width, double epsilon) {
  const double count = static_cast<double>(width);
  const float near = static_cast<float>(row_sum(x, width) / count);
  Lanes rest = {};
  Lanes squares = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    const Vec d = keep(load(x + i, n) - broadcast(near), broadcast(0), n);
    rest.part[part] = rest.part[part] + d;
    squares.part[part] = fma(d, d, squares.part[part]);
  });
  const double shift = sum(rest) / count;
  const double variance = sum(squares) / count - shift * shift;
  const double positive = variance < 0 ? 0 : variance;  // NaN stays
  return {near, static_cast<float>(shift), static_cast<float>(1 / __builtin_sqrt(positive + epsilon))};
}

// y [width] ← (x − mean) / deviation · gamma + beta, all [width]
void layer_norm_row(float* y, const float* x, const float* gamma, const float* beta, std::int64_t width, double epsilon) {
  const Moments m = moments(x, width, epsilon);
  const Vec near = broadcast(m.near);
  const Vec shift = broadcast(m.shift);
  const Vec scale = broadcast(m.reciprocal_deviation);
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec normed = (load(x + i, n) - near - shift) * scale;
    store(y + i, fma(normed, load(gamma + i, n), load(beta + i, n)), n);
  });
}

void layer_norm(const Call& call, const Share& share) {
  const Matrix& y = call.outputs[0];
  const Range rows = part_of(y.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++)
    layer_norm_row(row_of(y, r), row_of(call.inputs[0], r), call.inputs[1].floats, call.inputs[2].floats, y.width,
                   call.attributes[0]);
}

// 1 / √(mean(x²) + epsilon) of x [width]
float rms_scale(const float* x, std::int64_t width, double epsilon) {
  Lanes squares = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    const Vec a = load(x + i, n);
    squares.part[part] = fma(a, a, squares.part[part]);
  });
  const double mean = sum(squares) / static_cast<double>(width);
  return static_cast<float>(1 / __builtin_sqrt(mean + epsilon));
}

// y [width] ← x / √(mean(x²) + epsilon) · gamma, all [width]
void rms_norm_row(float* y, const float* x, const float* gamma, std::int64_t width, double epsilon) {
  const Vec scale = broadcast(rms_scale(x, width, epsilon));
  for_columns(width, [&](std::int64_t i, auto n) { store(y + i, load(x + i, n) * scale * load(gamma + i, n), n); });
}

void rms_norm(const Call& call, const Share& share) {
  const Matrix& y = call.outputs[0];
  const Range rows = part_of(y.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++)
    rms_norm_row(row_of(y, r), row_of(call.inputs[0], r), call.inputs[1].floats, y.width, call.attributes[0]);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
