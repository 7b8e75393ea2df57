// Rules that a mixture of experts and its gradient share.
#pragma once
#include "core/failure.h"
#include "kernels/scratch.h"
#include "ops/encoded_product.h"
#include "ops/shapes.h"

namespace glassformer {

// The shapes of gates [rows, E], inner [E · f, width of x] and outer [E · outputs, f], and of their biases.
template <class Shapes>
void expect_experts(const Shapes& s, const Shape& mixed) {
  const std::int64_t experts = s.gates.width;
  expect(experts > 0 && same_rows(s.x, s.gates) && same_rows(s.x, mixed), "x, gates and output differ in rows");
  expect(s.inner.symbol < 0 && s.inner.width == s.x.width && s.inner.rows % experts == 0, "inner does not fit x and gates");
  expect(s.outer.symbol < 0 && s.outer.rows == experts * mixed.width, "outer does not fit gates and the output");
  expect(s.inner.rows > 0 && s.outer.width == s.inner.rows / experts, "outer does not fit inner");
  expect(may_be_vector(s.inner_bias, s.inner.rows), "innerBias must be one row with a number for each row of inner");
  expect(may_be_vector(s.outer_bias, s.outer.rows), "outerBias must be one row with a number for each row of outer");
}

// An encoded weight has whole panels for each expert, so that no panel holds rows of two.
inline void expect_panels(const Matrix& weight, std::int64_t experts) {
  if (weight.encoding != Encoding::kFloat32 && weight.rows / experts % kPackedOutputs != 0) refuse("the experts of an encoded weight have no whole panels");
}

// Nanoseconds, as if each row met one expert.
template <class Args>
double experts_work(const Args& args) {
  return product_work(args.x, args.inner) + product_work(args.x, args.outer);
}

}  // namespace glassformer
