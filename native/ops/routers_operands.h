// Rules that routerLoss and its gradient share.
#pragma once
#include "kernels/scratch.h"
#include "ops/recurrence_operands.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

template <class Shapes>
void expect_routers(const Shapes& s) {
  expect(s.scores.width % s.experts == 0, "the scores cannot be cut into experts");
  expect(s.k <= s.experts, "there are fewer than k experts");
  expect_span_pairs(s.spans);
}

template <class Args>
void check_routers(const Args& args) {
  check_tiles(args.spans, args.scores.rows);
}

template <class Args>
std::int64_t scratch_of_routers(const Args& args) {
  return routers_scratch(args.experts);
}

template <class Args>
double work_of_routers(const Args& args) {
  return 20 * work_by_value(args.scores);
}

}  // namespace glassformer
