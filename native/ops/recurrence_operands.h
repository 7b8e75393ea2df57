// Rules that the ops share which walk a sentence from token to token.
#pragma once
#include "ops/integers.h"
#include "ops/shapes.h"

namespace glassformer {

inline void expect_span_pairs(const Shape& spans) { expect(spans.width == 2, "spans must be [begin, end) pairs"); }

// The spans of the sentences tile all rows.
inline void check_tiles(const Matrix& spans, std::int64_t rows) {
  expect_spans("spans", spans, rows);
  expect_tiling(spans, rows);
}

// `parents` are the cache rows from which each row of a step continues, −1 for none; `slots` are the cache rows that
// its state is written to.
inline void check_paths(const Matrix& parents, const Matrix& slots, const Matrix& cache) {
  expect_range("parent", parents, 0, -1, cache.rows);
  expect_range("slot", slots, 0, 0, cache.rows);
}

// The operands of an SSRU: x and forget have the shape of its output, and the bias has its width.
template <class Shapes>
void expect_unit(const Shapes& s, const Shape& like) {
  expect(same_shape(s.x, like) && same_shape(s.forget, like), "x, forget and output differ in shape");
  expect(is_vector(s.forget_bias, like.width), "forgetBias must be one row of the width of x");
}

}  // namespace glassformer
