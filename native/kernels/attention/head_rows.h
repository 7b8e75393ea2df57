// The columns of one head in rows of a matrix.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The columns of a head, from row `row` on.
inline float* head_rows(const Matrix& m, std::int64_t row, std::int64_t column) { return row_of(m, row) + column; }

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
