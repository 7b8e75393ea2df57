// x, weight, slots, ancestors, spans, cache → convolved.
#include "generated/rows.h"
#include "ops/convolution_operands.h"

namespace glassformer {

namespace {

void shape(const DepthwiseStepShapes& s) {
  expect(same_shape(s.x, s.convolved), "x and output differ in shape");
  expect(s.weight.symbol < 0 && s.weight.rows > 0 && s.weight.width == s.x.width, "x and weight differ in width");
  expect(s.cache.width == s.x.width, "x and cache differ in width");
  expect(is_column(s.slots, s.x), "slots must be one column with the rows of x");
  expect(s.ancestors.width == 1, "ancestors must be one column");
  expect(s.spans.width == 2 && same_rows(s.spans, s.x), "spans must be pairs with the rows of x");
}

void check(const DepthwiseStepArgs& args) {
  expect_range("slot", args.slots, 0, 0, args.cache.rows);
  expect_range("ancestor", args.ancestors, 0, 0, args.cache.rows);
  expect_spans("spans", args.spans, args.ancestors.rows);
}

double work(const DepthwiseStepArgs& args) { return work_by_tap(args); }

}  // namespace

const Op depthwise_step_op = Definition<DepthwiseStepOperands>(&Kernels::depthwise_step).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
