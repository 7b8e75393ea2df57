// Rules that depthwise and its gradient share.
#pragma once
#include "ops/recurrence_operands.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

// The kernel [taps, width of x]; tap `before` reads the row that is computed.
template <class Shapes>
void expect_convolution(const Shapes& s) {
  expect(s.weight.symbol < 0 && s.weight.width == s.x.width, "x and weight differ in width");
  expect(s.before >= 0 && s.before < s.weight.rows, "before is no row of weight");
  expect_span_pairs(s.spans);
}

template <class Args>
double work_by_tap(const Args& args) {
  return static_cast<double>(args.weight.rows) * work_by_value(args.x);
}

}  // namespace glassformer
