// x, seed, residual → dropped.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const DropoutShapes& s) {
  expect(same_shape(s.x, s.dropped), "x and output differ in shape");
  expect(is_vector(s.seed, 1), "the seed must be one number");
  expect(!s.residual.given || same_shape(s.residual, s.dropped), "residual and output differ in shape");
  expect_seed(s.rate, s.seed);
}

double work(const DropoutArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op dropout_op = Definition<DropoutOperands>(&Kernels::dropout).with_shape<shape>().with_work<work>();

}  // namespace glassformer
