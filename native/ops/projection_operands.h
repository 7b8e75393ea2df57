// Rules that the ops share which are fused with the output projection.
#pragma once
#include <algorithm>
#include <cstdint>

#include "kernels/scratch.h"
#include "ops/encoded_product.h"
#include "ops/integers.h"
#include "ops/shapes.h"

namespace glassformer {

template <class Shapes>
void expect_weight(const Shapes& s) {
  expect(s.x.width == s.weight.width, "x and weight differ in width");
  expect(s.weight.symbol < 0 && s.weight.rows > 0, "weight must have constant rows, at least one");
  expect(may_be_vector(s.bias, s.weight.rows), "bias must have a column for each row of weight");
}

template <class Shapes>
void expect_projection(const Shapes& s) {
  expect_weight(s);
  expect(is_column(s.ids, s.x), "ids must be one column with the rows of x");
  expect(is_column(s.losses, s.x), "losses must be one column with the rows of x");
  expect(s.smoothing >= 0 && s.smoothing < 1, "smoothing must be from 0 to below 1");
}

template <class Shapes>
void expect_projection_gradients(const Shapes& s) {
  expect(is_vector(s.d_loss, 1), "dLoss must be one number");
  expect(!s.d_weight.given || same_shape(s.d_weight, s.weight), "dWeight and weight differ in shape");
  expect(s.d_weight.given || !s.d_bias.given, "dBias needs dWeight beside it");
  expect(may_be_vector(s.d_bias, s.weight.rows), "dBias must have a column for each row of weight");
  expect(same_shape(s.dx, s.x), "dx and x differ in shape");
}

template <class Args>
void check_ids(const Args& args) {
  expect_range("id", args.ids, 0, 0, args.weight.rows);
}

// The number of logits that exist at a time; each row has `of_row`.
inline std::int64_t logits_at_a_time(const Matrix& x, std::int64_t of_row) { return std::min(logit_rows(of_row), x.rows) * of_row; }

}  // namespace glassformer
