// softmax, logSoftmax and tokenScore.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr float kInfinity = __builtin_inff();

// The highest number of x [width]; −∞ where there is none. Of several vectors at a time: each waits for the one before.
float row_max(const float* x, std::int64_t width) {
  constexpr int kChains = 4;
  Vec highest[kChains];
  GLASSFORMER_UNROLL
  for (Vec& m : highest) m = broadcast(-kInfinity);
  std::int64_t i = 0;
  for (; i + kChains * kLanes <= width; i += kChains * kLanes)
    GLASSFORMER_UNROLL
    for (int chain = 0; chain < kChains; chain++) highest[chain] = max(load(x + i + chain * kLanes), highest[chain]);
  for_columns(width - i, [&](std::int64_t rest, auto n) {
    highest[0] = max(keep(load(x + i + rest, n), broadcast(-kInfinity), n), highest[0]);
  });
  return max_of(max(max(highest[0], highest[1]), max(highest[2], highest[3])));
}

// Σ exp((x − max) · scale) over x [width]
float sum_exp(const float* x, std::int64_t width, float max, float scale = 1) {
  const Vec m = broadcast(max);
  const Vec s = broadcast(scale);
  Lanes total = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    total.part[part] = total.part[part] + keep(exp((load(x + i, n) - m) * s), broadcast(0), n);
  });
  return sum(total);
}

// log Σ exp(x) over x [width]; −∞ where every value is −∞.
double log_sum_exp(const float* x, std::int64_t width) {
  const float max = row_max(x, width);
  if (max == -kInfinity) return -static_cast<double>(kInfinity);
  return max + natural_logarithm(sum_exp(x, width, max));
}

// y [width] ← exp(x − max) with x [width]; returns the sum. y may be x.
float exponentials(float* y, const float* x, std::int64_t width, float max) {
  const Vec m = broadcast(max);
  Lanes total = {};
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    const Vec e = exp(load(x + i, n) - m);
    store(y + i, e, n);
    total.part[part] = total.part[part] + keep(e, broadcast(0), n);
  });
  return sum(total);
}

// y [width] ← x [width] · scale. y may be x.
void scale_row(float* y, const float* x, std::int64_t width, float scale) {
  for_columns(width, [&](std::int64_t i, auto n) { store(y + i, load(x + i, n) * broadcast(scale), n); });
}

void softmax(const SoftmaxArgs& args, const Share& share) {
  const Matrix& y = args.softmax;
  const Range rows = part_of(y.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    float* out = row_of(y, r);
    const float total = exponentials(out, x, y.width, row_max(x, y.width));
    scale_row(out, out, y.width, 1 / total);
  }
}

// y [width] ← x [width] − norm, the norm in two parts so that it is not rounded to float32 before it is subtracted.
void subtract_row(float* y, const float* x, std::int64_t width, double norm) {
  const float high = static_cast<float>(norm);
  const float low = high - high == 0 ? static_cast<float>(norm - high) : 0;  // 0 for an infinite norm
  for_columns(width, [&](std::int64_t i, auto n) {
    store(y + i, load(x + i, n) - broadcast(high) - broadcast(low), n);
  });
}

void log_softmax(const LogSoftmaxArgs& args, const Share& share) {
  const Matrix& y = args.log_softmax;
  const Range rows = part_of(y.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    subtract_row(row_of(y, r), x, y.width, log_sum_exp(x, y.width));
  }
}

void token_score(const TokenScoreArgs& args, const Share& share) {
  const Matrix& logits = args.logits;
  const Matrix& scores = args.scores;
  const Range rows = part_of(scores.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(logits, r);
    *row_of(scores, r) = static_cast<float>(x[integer_at(args.ids, r)] - log_sum_exp(x, logits.width));
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
