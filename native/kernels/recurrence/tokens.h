// Ops that walk from token to token: threads share the columns, because each row needs the rows before it.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The partition's part of the columns of rows of `width`.
inline Range columns_of(std::int64_t width, const Partition& partition) { return part_of(width, kScratchStep, partition); }

// [columns] of row r.
inline float* row_from(const Matrix& m, std::int64_t r, Range columns) { return row_of(m, r) + columns.begin; }

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
