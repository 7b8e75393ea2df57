// adafactor: a matrix's second moments are kept as its mean squares along rows and down columns.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The op's rates [7]: ρ, 1 − β̂₂, ε₁, ε₂, clip, d, decay.
struct AdafactorRates {
  float step, fresh, least_square, least_scale, clip, threshold, decay;
};

// The moment after a step. It is not moment + fresh · (value − moment), because a moment to be forgotten would swallow
// a small value.
inline float moved(float moment, float fresh, float value) { return (1 - fresh) * moment + fresh * value; }

// Moves the moments of some vectors of columns, side by side; reciprocals ← 1 / √moment.
template <int vectors, class N>
inline void move_columns(const AdafactorArgs& args, const AdafactorRates& rates, std::int64_t column, float* reciprocals, N n) {
  const Matrix& gradients = args.gradients;
  Vec squares[vectors];
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) squares[v] = broadcast(0);
  for (std::int64_t r = 0; r < gradients.rows; r++)
    GLASSFORMER_UNROLL
    for (int v = 0; v < vectors; v++) {
      const Vec gradient = load(row_of(gradients, r) + column + v * kLanes, n) * broadcast(rates.clip);
      squares[v] = fma(gradient, gradient, squares[v]);
    }
  const Vec inverse = broadcast(1.0f / static_cast<float>(gradients.rows));
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) {
    float* moments = args.column_moments.floats + column + v * kLanes;
    const Vec moment = load(moments, n);
    const Vec value = fma(squares[v], inverse, broadcast(rates.least_square));
    const Vec now = fma(broadcast(1 - rates.fresh), moment, broadcast(rates.fresh) * value);
    store(moments, now, n);
    store(reciprocals + column + v * kLanes, broadcast(1) / sqrt(now), n);
  }
}

// sums [2] ← the sums of squares of a row's update and of its weights. The update is gradient · by_row · by_column.
void add_squares(const float* gradients, const float* weights, float by_row, const float* by_column, std::int64_t width,
                 float* sums) {
  Vec updates = broadcast(0), squares = broadcast(0);
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec update = load(gradients + i, n) * broadcast(by_row) * load(by_column + i, n);
    const Vec weight = load(weights + i, n);
    updates = fma(update, update, updates);
    squares = fma(weight, weight, squares);
  });
  sums[0] = sum(updates);
  sums[1] = sum(squares);
}

}  // namespace

// gradients, rates, parameters [n, m], rowMoments [n, 1], columnMoments [1, m]. Common memory holds 2 n sums and m
// reciprocal roots.
void adafactor(const AdafactorArgs& args, const Partition& partition) {
  const Matrix &gradients = args.gradients, &parameters = args.parameters, &row_moments = args.row_moments;
  const float* given = args.rates.floats;
  const AdafactorRates rates = {given[0], given[1], given[2], given[3], given[4], given[5], given[6]};
  const std::int64_t count = parameters.rows, width = parameters.width;
  float* sums = partition.common;
  float* by_column = partition.common + 2 * count;
  const Range rows = part_of(count, 1, partition);
  const Range columns = part_of(width, kScratchStep, partition);

  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float mean = rates.clip * rates.clip * squares_of(row_of(gradients, r), width) / static_cast<float>(width);
    *row_of(row_moments, r) = moved(*row_of(row_moments, r), rates.fresh, mean + rates.least_square);
  }
  std::int64_t i = columns.begin;
  for (; i + 4 * kLanes <= columns.end; i += 4 * kLanes) move_columns<4>(args, rates, i, by_column, Whole{});
  for_columns(columns.end - i, [&](std::int64_t rest, auto n) { move_columns<1>(args, rates, i + rest, by_column, n); });
  barrier(partition);

  double mean = 0;
  for (std::int64_t r = 0; r < count; r++) mean += *row_of(row_moments, r);
  mean /= static_cast<double>(count);
  const auto by_row = [&](std::int64_t r) {
    return rates.clip * __builtin_sqrtf(static_cast<float>(mean / *row_of(row_moments, r)));
  };
  for (std::int64_t r = rows.begin; r < rows.end; r++)
    add_squares(row_of(gradients, r), row_of(parameters, r), by_row(r), by_column, width, sums + 2 * r);
  barrier(partition);

  double updates = 0, squares = 0;
  for (std::int64_t r = 0; r < count; r++) {
    updates += sums[2 * r];
    squares += sums[2 * r + 1];
  }
  const double size = static_cast<double>(count) * static_cast<double>(width);
  const float scale = __builtin_sqrtf(static_cast<float>(squares / size));
  // NaN stays NaN.
  const float step = rates.step * (scale < rates.least_scale ? rates.least_scale : scale);
  const float over = __builtin_sqrtf(static_cast<float>(updates / size)) / rates.threshold;
  const float clipped = over < 1 ? step : step / over;
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    float* gradient = row_of(gradients, r);
    float* weights = row_of(parameters, r);
    const Vec factor = broadcast(by_row(r));
    for_columns(width, [&](std::int64_t j, auto n) {
      const Vec update = load(gradient + j, n) * factor * load(by_column + j, n);
      const Vec weight = load(weights + j, n);
      store(weights + j, weight - fma(broadcast(clipped), update, broadcast(step * rates.decay) * weight), n);
      store(gradient + j, broadcast(0), n);
    });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
