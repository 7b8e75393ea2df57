// linear with an encoded weight.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// sums [16] ← q [depth] · panel: exact, |sum| ≤ 127² · depth
inline void int8_sums(std::int32_t* sums, const std::int8_t* q, const std::int8_t* panel, std::int64_t depth) {
  for (std::int64_t n = 0; n < kPackedOutputs; n++) sums[n] = 0;
  for (std::int64_t k = 0; k < depth; k += 4, panel += 4 * kPackedOutputs)
    for (std::int64_t n = 0; n < kPackedOutputs; n++) {
      const std::int8_t* w = panel + 4 * n;
      sums[n] += q[k] * w[0] + q[k + 1] * w[1] + q[k + 2] * w[2] + q[k + 3] * w[3];
    }
}

// sums [16] ← x [width] · panel
inline void bfloat16_sums(float* sums, const float* x, const std::uint16_t* panel, std::int64_t width) {
  for (std::int64_t n = 0; n < kPackedOutputs; n++) sums[n] = 0;
  for (std::int64_t k = 0; k < width; k += 2, panel += 2 * kPackedOutputs) {
    const float second = k + 1 < width ? x[k + 1] : 0;
    for (std::int64_t n = 0; n < kPackedOutputs; n++)
      sums[n] = sums[n] + x[k] * widened(panel[2 * n]) + second * widened(panel[2 * n + 1]);
  }
}

// One row of y = sum · (scale of the row · scale of the output), for columns of whole panels.
void int8_row(const Call& call, std::int64_t r, const Range& columns, std::int8_t* q) {
  const Matrix& x = call.inputs[0];
  const Matrix& w = call.inputs[1];
  const std::int64_t depth = int8_depth(w);
  const float scale = quantise_row(q, row_of(x, r), x.width, depth);
  for (std::int64_t column = columns.begin; column < columns.end; column += kPackedOutputs) {
    std::int32_t sums[kPackedOutputs];
    int8_sums(sums, q, int8_panel(w, column / kPackedOutputs), depth);
    float* y = row_of(call.outputs[0], r) + column;
    for (std::int64_t n = 0; n < smaller(kPackedOutputs, columns.end - column); n++)
      y[n] = static_cast<float>(sums[n]) * (scale * w.scales[column + n]);
  }
}

void bfloat16_row(const Call& call, std::int64_t r, const Range& columns) {
  const Matrix& x = call.inputs[0];
  const Matrix& w = call.inputs[1];
  for (std::int64_t column = columns.begin; column < columns.end; column += kPackedOutputs) {
    float sums[kPackedOutputs];
    bfloat16_sums(sums, row_of(x, r), bfloat16_panel(w, column / kPackedOutputs), x.width);
    float* y = row_of(call.outputs[0], r) + column;
    for (std::int64_t n = 0; n < smaller(kPackedOutputs, columns.end - column); n++) y[n] = sums[n];
  }
}

// Threads share the panels.
void encoded_linear(const Call& call, const Share& share) {
  const Matrix& y = call.outputs[0];
  const Range columns = part_of(y.width, kPackedOutputs, share);
  for (std::int64_t r = 0; r < y.rows; r++) {
    if (call.inputs[1].encoding == Encoding::kInt8) int8_row(call, r, columns, reinterpret_cast<std::int8_t*>(share.scratch));
    else bfloat16_row(call, r, columns);
  }
  finish(call, {{0, y.rows}, columns});
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
