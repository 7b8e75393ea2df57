// Rules that linear and candidates share: products with a weight that may be encoded.
#pragma once
#include <algorithm>
#include <cstdint>

#include "kernels/scratch.h"
#include "ops/work.h"

namespace glassformer {

// Scratch memory. With a weight in rows of float32: aligned copies of four of its rows, or packed blocks of both
// factors. With an encoded weight: prepared rows of x, and the lists of sparse rows.
inline std::int64_t product_scratch(const Matrix& x, const Matrix& weight, const Call& call) {
  if (weight.encoding == Encoding::kFloat32) return std::max(4 * scratch_stride(x.width), kPackedRows + kPackedColumns);
  const std::int64_t most = prepared_rows(weight, call).bytes / sizeof(float);
  return sparse_floats(x.width) + kMostPrepared + std::max(most, prepared_floats(kFewestPrepared, x.width));
}

// Scratch memory of a product of float32 factors: a packed block of each.
template <class Args>
std::int64_t packed_factors(const Args&) {
  return kPackedRows + kPackedColumns;
}

// Nanoseconds: the weight is read once, and multiplied by each row of x.
inline double product_work(const Matrix& x, const Matrix& weight) {
  const double rows = static_cast<double>(x.rows);
  switch (weight.encoding) {
    case Encoding::kInt4: return size_of(weight) * std::max(0.015, 0.005 * rows);
    case Encoding::kInt8: return size_of(weight) * std::max(0.025, 0.005 * rows);
    case Encoding::kBfloat16: return size_of(weight) * std::max(0.05, 0.01 * rows);
    case Encoding::kFloat32Panels: return size_of(weight) * std::max(0.13, 0.018 * rows);
    case Encoding::kFloat32: break;
  }
  return size_of(weight) * std::max(0.15, 0.02 * rows);
}

}  // namespace glassformer
