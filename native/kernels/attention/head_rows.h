// Rows of a matrix, and the columns of one head in them.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The columns of a head, from row `row` on.
inline float* head_rows(const Matrix& m, std::int64_t row, std::int64_t column) { return row_of(m, row) + column; }

// Clears rows [begin, end).
inline void clear_rows(const Matrix& m, std::int64_t begin, std::int64_t end) {
  for (std::int64_t r = begin; r < end; r++)
    for_columns(m.width, [&](std::int64_t i, auto n) { store(row_of(m, r) + i, broadcast(0), n); });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
