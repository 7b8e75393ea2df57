// dropout, with a residual.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

void dropout(const Call& call, const Share& share) {
  const Matrix& y = call.outputs[0];
  const Matrix& residual = call.inputs[2];
  const std::int32_t seed = integer_at(call.inputs[1], 0);
  const Drop drop = drop_of(call.attributes[0]);
  const Range rows = part_of(y.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const std::uint32_t key = row_key(seed, call.attributes[1], r);
    const float* x = row_of(call.inputs[0], r);
    const float* more = residual.floats ? row_of(residual, r) : nullptr;
    float* to = row_of(y, r);
    for_columns(y.width, [&](std::int64_t i, auto n) {
      Vec value = dropped(load(x + i, n), key, i, drop);
      if (more) value = value + load(more + i, n);
      store(to + i, value, n);
    });
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
