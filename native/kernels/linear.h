// linear: a product with its epilogue, block by block, so that the epilogue finds its block in the cache.
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

// Rows and columns of y.
struct Block {
  Range rows;
  Range columns;
};

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

void linear_block(const Call& call, const Block& block, MatrixProduct product) {
  const Matrix& x = call.inputs[0];
  const Matrix& w = call.inputs[1];
  const Matrix& y = call.outputs[0];
  product(block.rows.end - block.rows.begin, block.columns.end - block.columns.begin, x.width,
          row_of(x, block.rows.begin), x.stride, row_of(w, block.columns.begin), w.stride,
          row_of(y, block.rows.begin) + block.columns.begin, y.stride);
  finish(call, block);
}

// From this many rows on BLAS is at least as fast (measured: bench/native-linear).
constexpr std::int64_t kBlasRows = 24;
constexpr std::int64_t kBlasColumns = 256;
constexpr std::int64_t kOwnColumns = 64;
constexpr std::int64_t kBlockRows = 240;

// Blocks do not depend on the number of threads, so neither do the results.
void linear(const Call& call, const Share& share) {
  const Matrix& y = call.outputs[0];
  const bool blas = call.product && y.rows >= kBlasRows;
  const std::int64_t step = blas ? kBlasColumns : kOwnColumns;
  const Range columns = part_of(y.width, step, share);
  for (std::int64_t row = 0; row < y.rows; row += kBlockRows)
    for (std::int64_t column = columns.begin; column < columns.end; column += step) {
      const Block block = {{row, smaller(row + kBlockRows, y.rows)}, {column, smaller(column + step, columns.end)}};
      linear_block(call, block, blas ? call.product : multiply);
    }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
