// crossEntropy and crossEntropyGradient: the output projection, the softmax and the loss, some rows of logits at a time.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The target's distribution: `off` on every class, and `on` more on the right one.
struct Smoothed {
  double on;
  double off;
};

inline Smoothed smoothed(const double* attributes, std::int64_t classes) {
  const double smoothing = attributes[0];
  if (attributes[1] == 0) return {1 - smoothing, smoothing / static_cast<double>(classes)};
  const double off = smoothing / static_cast<double>(classes > 2 ? classes - 1 : 1);
  return {1 - smoothing - off, off};
}

// Logits of some rows, and what becomes of them.
struct Logits {
  float* at;  // [rows, classes]
  std::int64_t rows;
  std::int64_t classes;
  std::int64_t first;  // row of x

  float* row(std::int64_t r) const { return at + r * classes; }
};

inline std::int64_t logit_rows(std::int64_t classes) {
  const std::int64_t rows = kMostLogits / classes;
  return rows > kLogitRows ? kLogitRows : rows < kFewestLogitRows ? kFewestLogitRows : rows;
}

// logits ← scale · x Wᵀ + bias. Threads share the classes.
void compute_logits(const Call& call, const Logits& logits, const Share& share) {
  const Matrix& x = call.inputs[0];
  const Matrix& bias = call.inputs[2];
  const float scale = static_cast<float>(call.attributes[2]);
  const Product product = {{row_of(x, logits.first), x.stride, 1}, transposed(call.inputs[1]), x.width, logits.at,
                           logits.classes, scale, false};
  const Block part = {{0, logits.rows}, part_of(logits.classes, kPanelColumns, share)};
  multiply_packed(product, part, call, share, [&](const Block& block) {
    if (!bias.floats) return;
    for (std::int64_t r = block.rows.begin; r < block.rows.end; r++) {
      float* row = logits.row(r) + block.columns.begin;
      const float* more = bias.floats + block.columns.begin;
      for_columns(block.columns.end - block.columns.begin,
                  [&](std::int64_t i, auto n) { store(row + i, load(row + i, n) + load(more + i, n), n); });
    }
  });
}

// The part of a row's loss that is linear in its logits, Σ q · logits.
double target_product(const float* row, std::int64_t classes, std::int32_t id, const Smoothed& target) {
  const double sum = target.off != 0 ? row_sum(row, classes) : 0;
  return target.on * row[id] + target.off * sum;
}

// Losses of rows [begin, end) of a chunk: log Σ exp(logits) − Σ q · logits.
void row_losses(const Matrix& losses, const Matrix& ids, const Logits& logits, const Smoothed& target, Range rows) {
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* row = logits.row(r);
    const double linear = target_product(row, logits.classes, integer_at(ids, logits.first + r), target);
    *row_of(losses, logits.first + r) = static_cast<float>(log_sum_exp(row, logits.classes) - linear);
  }
}

// The same, and in place: logits → factor · (softmax − q).
void row_gradients(const Matrix& losses, const Matrix& ids, const Logits& logits, const Smoothed& target, float factor,
                   Range rows) {
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    float* row = logits.row(r);
    const std::int32_t id = integer_at(ids, logits.first + r);
    const double linear = target_product(row, logits.classes, id, target);
    const float max = row_max(row, logits.classes);
    const float total = exponentials(row, row, logits.classes, max);
    const double norm = max + __builtin_log(static_cast<double>(total));
    *row_of(losses, logits.first + r) = static_cast<float>(norm - linear);
    const Vec scale = broadcast(factor / total);
    const Vec off = broadcast(static_cast<float>(-factor * target.off));
    for_columns(logits.classes, [&](std::int64_t i, auto n) { store(row + i, fma(load(row + i, n), scale, off), n); });
    row[id] -= static_cast<float>(factor * target.on);
  }
}

inline void meet(const Share& share) {
  if (share.threads > 1) share.meet(share.pool);
}

void cross_entropy(const Call& call, const Share& share) {
  const std::int64_t classes = call.inputs[1].rows;
  const Smoothed target = smoothed(call.attributes, classes);
  const std::int64_t step = logit_rows(classes);
  for (std::int64_t first = 0; first < call.inputs[0].rows; first += step) {
    const Logits logits = {share.common, smaller(step, call.inputs[0].rows - first), classes, first};
    compute_logits(call, logits, share);
    meet(share);
    row_losses(call.outputs[0], call.inputs[3], logits, target, part_of(logits.rows, 1, share));
    meet(share);
  }
}

// dx ← scale · G W by rows, dW += scale · Gᵀ x and db += Σ G by classes, G the gradients of the logits.
void add_gradients(const Call& call, const Logits& logits, const Share& share) {
  const Matrix& x = call.inputs[0];
  const Matrix& d_weight = call.inputs[5];
  const Matrix& d_bias = call.inputs[6];
  const float scale = static_cast<float>(call.attributes[2]);
  const Matrix g = {logits.at, nullptr, nullptr, logits.rows, logits.classes, logits.classes};
  const Matrix& dx = call.outputs[1];
  const Product input = {rows_of(g), rows_of(call.inputs[1]), logits.classes, row_of(dx, logits.first), dx.stride,
                         scale, false};
  multiply_packed(input, {part_of(logits.rows, tile_rows(call), share), {0, dx.width}}, call, share);
  const Matrix rows = {row_of(x, logits.first), nullptr, nullptr, logits.rows, x.width, x.stride};
  const Range classes = part_of(logits.classes, kPanelColumns, share);
  multiply_packed(weight_product(rows, g, d_weight, scale), {classes, {0, x.width}}, call, share);
  if (d_bias.floats) add_column_sums(d_bias, g, classes);
}

void cross_entropy_gradient(const Call& call, const Share& share) {
  const std::int64_t classes = call.inputs[1].rows;
  const Smoothed target = smoothed(call.attributes, classes);
  const float factor = *call.inputs[4].floats;
  const std::int64_t step = logit_rows(classes);
  for (std::int64_t first = 0; first < call.inputs[0].rows; first += step) {
    const Logits logits = {share.common, smaller(step, call.inputs[0].rows - first), classes, first};
    compute_logits(call, logits, share);
    meet(share);
    row_gradients(call.outputs[0], call.inputs[3], logits, target, factor, part_of(logits.rows, 1, share));
    meet(share);
    add_gradients(call, logits, share);
    meet(share);
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
