// Conditions of shape rules on operands. They throw ERR_SHAPE by `expect`.
#pragma once
#include <cstdint>

#include "core/failure.h"
#include "core/op.h"

namespace glassformer {

inline bool same_rows(const Shape& a, const Shape& b) { return a.symbol == b.symbol && a.rows == b.rows; }
inline bool same_shape(const Shape& a, const Shape& b) { return same_rows(a, b) && a.width == b.width; }
inline bool is_column(const Shape& a, const Shape& like) { return a.width == 1 && same_rows(a, like); }
inline bool is_vector(const Shape& a, std::int64_t width) { return a.symbol < 0 && a.rows == 1 && a.width == width; }
// Whether the operand is left out or is one row of that width.
inline bool may_be_vector(const Shape& a, std::int64_t width) { return !a.given || is_vector(a, width); }

// Dropout at a rate above 0 needs a seed.
inline void expect_seed(double rate, const Shape& seed) {
  expect(rate >= 0 && rate < 1, "the rate of dropout must be from 0 to below 1");
  expect(rate == 0 || is_vector(seed, 1), "dropout needs a seed, one number");
}

}  // namespace glassformer
