// x → sums: Σ x² of each block of kSumBlock values.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const SumOfSquaresShapes& s) {
  expect(is_vector(s.x, s.x.width), "x must be one row");
  expect(s.sums.symbol < 0 && s.sums.rows == (s.x.width + kSumBlock - 1) / kSumBlock && s.sums.width == 1,
         "there must be one sum for each block of x");
}

double work(const SumOfSquaresArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op sum_of_squares_op = Definition<SumOfSquaresOperands>(&Kernels::sum_of_squares).with_shape<shape>().with_work<work>();

}  // namespace glassformer
