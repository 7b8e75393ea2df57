// x, statistics, dy → adds to dGamma and dBeta.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const NormWeightGradientShapes& s) {
  expect(s.statistics.width == 2 && same_rows(s.statistics, s.x), "statistics must be two columns with the rows of x");
  expect(same_shape(s.dy, s.x), "x and dy differ in shape");
  expect(is_vector(s.d_gamma, s.x.width) && may_be_vector(s.d_beta, s.x.width), "dGamma and dBeta must be one row of the width of x");
}

double work(const NormWeightGradientArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op norm_weight_gradient_op = Definition<NormWeightGradientOperands>(&Kernels::norm_weight_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
