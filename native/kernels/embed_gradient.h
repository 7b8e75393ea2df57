// embedGradient: rows added up where an index says.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// to [width] += scale · x [width]
inline void add_row(float* to, const float* x, float scale, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) { store(to + i, fma(broadcast(scale), load(x + i, n), load(to + i, n)), n); });
}

// Threads share the columns: rows with the same token are added in their order.
void embed_gradient(const Call& call, const Share& share) {
  const Matrix& tokens = call.inputs[0];
  const Matrix& positions = call.inputs[1];
  const Matrix& dx = call.inputs[2];
  const float scale = static_cast<float>(call.attributes[0]);
  const std::int64_t offset = static_cast<std::int64_t>(call.attributes[1]);
  const Range columns = part_of(dx.width, kScratchStep, share);
  const std::int64_t width = columns.length();
  for (std::int64_t r = 0; r < dx.rows; r++) {
    const float* from = row_of(dx, r) + columns.begin;
    const std::int32_t token = integer_at(tokens, r);
    if (token >= 0) add_row(row_of(call.inputs[3], token) + columns.begin, from, scale, width);
    if (positions.integers)
      add_row(row_of(call.inputs[4], integer_at(positions, r) + offset) + columns.begin, from, 1, width);
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
