// x [rows, inputs], dy [rows, outputs] → dWeight [outputs, inputs], dBias.
#include "generated/rows.h"
#include "kernels/scratch.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const LinearWeightGradientShapes& s) {
  expect(same_rows(s.x, s.dy), "x and dy differ in rows");
  expect(s.d_weight.symbol < 0 && s.d_weight.rows == s.dy.width && s.d_weight.width == s.x.width, "dWeight does not fit dy and x");
  expect(may_be_vector(s.d_bias, s.dy.width), "dBias must be one row of the width of dy");
}

// Blocks of both factors, packed.
std::int64_t scratch(const LinearWeightGradientArgs&) { return kPackedRows + kPackedColumns; }

double work(const LinearWeightGradientArgs& args) { return work_of_product(args.x, args.dy.width); }

}  // namespace

const Op linear_weight_gradient_op = Definition<LinearWeightGradientOperands>(&Kernels::linear_weight_gradient).with_shape<shape>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
