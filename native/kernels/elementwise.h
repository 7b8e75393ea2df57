// activation and add.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y [width] ← x [width]
template <int kind>
void activate_row(float* y, const float* x, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) { store(y + i, activate(load(x + i, n), kind), n); });
}

void activate_row(float* y, const float* x, std::int64_t width, int kind) {
  if (kind == kRelu) activate_row<kRelu>(y, x, width);
  else if (kind == kGelu) activate_row<kGelu>(y, x, width);
  else if (kind == kGeluTanh) activate_row<kGeluTanh>(y, x, width);
  else if (kind == kSwish) activate_row<kSwish>(y, x, width);
  else activate_row<kNone>(y, x, width);
}

void activation(const Call& call, const Share& share) {
  const Matrix& x = call.inputs[0];
  const Matrix& y = call.outputs[0];
  const Range rows = part_of(y.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++)
    activate_row(row_of(y, r), row_of(x, r), y.width, static_cast<int>(call.attributes[0]));
}

void add(const Call& call, const Share& share) {
  const Matrix& y = call.outputs[0];
  const Range rows = part_of(y.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* a = row_of(call.inputs[0], r);
    const float* b = row_of(call.inputs[1], r);
    float* sums = row_of(y, r);
    for_columns(y.width, [&](std::int64_t i, auto n) { store(sums + i, load(a + i, n) + load(b + i, n), n); });
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
