// x, forget, forgetBias, parents, slots, cache, residual → recurred.
#include "generated/rows.h"
#include "ops/recurrence_operands.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const SsruStepShapes& s) {
  expect_unit(s, s.recurred);
  expect(!s.residual.given || same_shape(s.residual, s.x), "x and residual differ in shape");
  expect(is_column(s.parents, s.x) && is_column(s.slots, s.x), "parents and slots must be one column with the rows of x");
  expect(s.cache.width == s.x.width, "x and cache differ in width");
}

void check(const SsruStepArgs& args) { check_paths(args.parents, args.slots, args.cache); }

double work(const SsruStepArgs& args) { return 2 * work_by_value(args.x); }

}  // namespace

const Op ssru_step_op = Definition<SsruStepOperands>(&Kernels::ssru_step).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
