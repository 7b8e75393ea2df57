// The sums of the columns of a matrix, and how unequal they are.
#pragma once
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

inline double column_sum(const Matrix& x, std::int64_t column) {
  double sum = 0;
  for (std::int64_t r = 0; r < x.rows; r++) sum += row_of(x, r)[column];
  return sum;
}

// The mean and the variance of the column sums, and mean² + 10⁻¹⁰.
struct Shares {
  double mean;
  double variance;
  double square;
};

inline Shares shares_of(const Matrix& x) {
  const double columns = static_cast<double>(x.width);
  double mean = 0;
  for (std::int64_t e = 0; e < x.width; e++) mean += column_sum(x, e) / columns;
  double variance = 0;
  for (std::int64_t e = 0; e < x.width; e++) {
    const double apart = column_sum(x, e) - mean;
    variance += apart * apart / columns;
  }
  return {mean, variance, mean * mean + 1e-10};
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
