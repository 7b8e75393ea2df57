// Rules that the gradients of both norms share.
#pragma once
#include "ops/shapes.h"

namespace glassformer {

template <class Shapes>
void expect_norm_gradient(const Shapes& s) {
  expect(is_vector(s.gamma, s.x.width), "gamma must be one row of the width of x");
  expect(same_shape(s.dy, s.x) && same_shape(s.dx, s.x), "x, dy and dx differ in shape");
  expect(s.statistics.width == 2 && same_rows(s.statistics, s.x), "statistics must be two columns with the rows of x");
}

}  // namespace glassformer
