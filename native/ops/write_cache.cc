// x, slots → cache: each row of x is copied into its slot.
#include "generated/rows.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const WriteCacheShapes& s) {
  expect(s.x.width == s.cache.width, "x and cache differ in width");
  expect(is_column(s.slots, s.x), "slots must be one column with the rows of x");
}

void check(const WriteCacheArgs& args) { expect_range("slot", args.slots, 0, 0, args.cache.rows); }

double work(const WriteCacheArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op write_cache_op = Definition<WriteCacheOperands>(&Kernels::write_cache).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
