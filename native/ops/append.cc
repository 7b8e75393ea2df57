// Rows of x go into the slots of a cache.
#include "generated/rows.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const AppendShapes& s) {
  expect(s.x.width == s.cache.width, "x and cache differ in width");
  expect(is_column(s.slots, s.x), "slots must be one column with the rows of x");
}

void check(const AppendArgs& args) { expect_range("slot", args.slots, 0, 0, args.cache.rows); }

double work(const AppendArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op append_op = Definition<AppendOperands>(&Kernels::append).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
