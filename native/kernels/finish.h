// The epilogue of linear: each step is rounded to float32, as the JavaScript kernel has it.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y [width] ← activation(y · scale + bias) + residual; bias and residual [width] or null.
template <int kind>
void finish_row(float* y, const float* bias, const float* residual, float scale, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) {
    Vec value = load(y + i, n) * broadcast(scale);
    if (bias) value = value + load(bias + i, n);
    value = activate<kind>(value);
    if (residual) value = value + load(residual + i, n);
    store(y + i, value, n);
  });
}

void finish_row(float* y, const float* bias, const float* residual, float scale, std::int64_t width, int kind) {
  if (kind == kRelu) finish_row<kRelu>(y, bias, residual, scale, width);
  else if (kind == kGelu) finish_row<kGelu>(y, bias, residual, scale, width);
  else if (kind == kGeluTanh) finish_row<kGeluTanh>(y, bias, residual, scale, width);
  else if (kind == kSwish) finish_row<kSwish>(y, bias, residual, scale, width);
  else finish_row<kNone>(y, bias, residual, scale, width);
}

void finish(const Call& call, const Block& block) {
  const Matrix& bias = call.inputs[2];
  const Matrix& residual = call.inputs[3];
  const int kind = static_cast<int>(call.attributes[0]);
  const float scale = static_cast<float>(call.attributes[1]);
  if (!bias.floats && !residual.floats && kind == kNone && scale == 1) return;
  const std::int64_t column = block.columns.begin;
  for (std::int64_t r = block.rows.begin; r < block.rows.end; r++)
    finish_row(row_of(call.outputs[0], r) + column, bias.floats ? bias.floats + column : nullptr,
               residual.floats ? row_of(residual, r) + column : nullptr, scale, block.columns.end - column, kind);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
