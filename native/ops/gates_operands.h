// Rules that gates and their gradient share.
#pragma once
#include "kernels/scratch.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

template <class Shapes>
void expect_gates(const Shapes& s) {
  expect(s.k <= s.clean.width, "there are fewer columns than gates");
  expect(s.deviation.given == s.noise.given, "deviation and noise go together");
  expect(!s.noise.given || (same_shape(s.deviation, s.clean) && same_shape(s.noise, s.clean)), "deviation, noise and clean differ in shape");
}

}  // namespace glassformer
