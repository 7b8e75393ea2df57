// x, parents, lengths, slots, cache → averaged.
#include "generated/rows.h"
#include "ops/recurrence_operands.h"
#include "ops/work.h"

namespace glassformer {

namespace {

// The largest number of tokens that float32 counts exactly.
constexpr std::int64_t kMostTokens = std::int64_t{1} << 24;

void shape(const AverageStepShapes& s) {
  expect(same_shape(s.x, s.averaged), "x and output differ in shape");
  expect(is_column(s.parents, s.x) && is_column(s.lengths, s.x) && is_column(s.slots, s.x),
         "parents, lengths and slots must be one column with the rows of x");
  expect(s.cache.width == s.x.width, "x and cache differ in width");
}

void check(const AverageStepArgs& args) {
  check_paths(args.parents, args.slots, args.cache);
  expect_range("length", args.lengths, 0, 1, kMostTokens + 1);
}

double work(const AverageStepArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op average_step_op =
    Definition<AverageStepOperands>(&Kernels::average_step).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
