// Copies, clears and adds up rows.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// to [width] ← from [width]
inline void copy_row(float* to, const float* from, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) { store(to + i, load(from + i, n), n); });
}

// to [width] ← 0
inline void clear_row(float* to, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) { store(to + i, broadcast(0), n); });
}

// Clears rows [begin, end).
inline void clear_rows(const Matrix& m, std::int64_t begin, std::int64_t end) {
  for (std::int64_t r = begin; r < end; r++) clear_row(row_of(m, r), m.width);
}

// to [width] += factor · x [width], rounded once
inline void add_row(float* to, const float* x, float factor, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) {
    store(to + i, fma(broadcast(factor), load(x + i, n), load(to + i, n)), n);
  });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
