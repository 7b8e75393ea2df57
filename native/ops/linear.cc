// x [rows, inputs], weight [outputs, inputs] → out [rows, outputs], with an epilogue.
#include "generated/rows.h"
#include "kernels/scratch.h"
#include "ops/encoded_product.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const LinearShapes& s) {
  expect(s.x.width == s.weight.width, "x and weight differ in width");
  expect(s.weight.symbol < 0 && s.weight.rows == s.out.width, "the output has not a column for each row of weight");
  expect(same_rows(s.x, s.out), "x and output differ in rows");
  expect(may_be_vector(s.bias, s.out.width), "bias must be one row of the width of the output");
  expect(!s.residual.given || same_shape(s.residual, s.out), "residual and output differ in shape");
}

std::int64_t scratch(const LinearArgs& args) { return product_scratch(args.x, args.weight, args); }

// Common memory: all rows of x, prepared for an encoded weight whose outputs threads share.
std::int64_t common(const LinearArgs& args, int threads) {
  const bool shared = threads > 1 && args.x.rows < rows_of_thread(args) * threads;
  return shared && args.weight.encoding != Encoding::kFloat32 ? prepared_floats(args.x.rows, args.x.width) : 0;
}

double work(const LinearArgs& args) { return product_work(args.x, args.weight); }

}  // namespace

const Op linear_op = Definition<LinearOperands>(&Kernels::linear)
                          .with_shape<shape>()
                          .with_scratch<scratch>()
                          .with_work<work>()
                          .with_common<common>()
                          .with_parallelism(Parallelism::kByKernel)
                          .is_by_rows();

// dy [rows, outputs], weight [outputs, inputs] → dx [rows, inputs].
namespace {

void shape(const LinearInputGradientShapes& s) {
  expect(s.weight.symbol < 0 && s.weight.rows == s.dy.width, "dy has not a column for each row of weight");
  expect(same_rows(s.dx, s.dy) && s.dx.width == s.weight.width, "dx does not fit dy and weight");
  expect(!s.x.given || (same_rows(s.x, s.dy) && s.x.width == s.weight.width), "x has not the shape of dx");
}

double work(const LinearInputGradientArgs& args) { return work_of_product(args.dy, args.weight.width); }

}  // namespace

const Op linear_input_gradient_op = Definition<LinearInputGradientOperands>(&Kernels::linear_input_gradient).with_shape<shape>().with_scratch<packed_factors<LinearInputGradientArgs>>().with_work<work>();

// x [rows, inputs], dy [rows, outputs] → dWeight [outputs, inputs], dBias.
namespace {

void shape(const LinearWeightGradientShapes& s) {
  expect(same_rows(s.x, s.dy), "x and dy differ in rows");
  expect(s.d_weight.symbol < 0 && s.d_weight.rows == s.dy.width && s.d_weight.width == s.x.width, "dWeight does not fit dy and x");
  expect(may_be_vector(s.d_bias, s.dy.width), "dBias must be one row of the width of dy");
}

double work(const LinearWeightGradientArgs& args) { return work_of_product(args.x, args.dy.width); }

}  // namespace

const Op linear_weight_gradient_op = Definition<LinearWeightGradientOperands>(&Kernels::linear_weight_gradient).with_shape<shape>().with_scratch<packed_factors<LinearWeightGradientArgs>>().with_work<work>();

}  // namespace glassformer
