// x [rows, width], gamma [1, width] → normed [rows, width].
#include "generated/rows.h"
#include "ops/norm_gradient_operands.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const RmsNormShapes& s) {
  expect(same_shape(s.x, s.normed), "x and output differ in shape");
  expect(is_vector(s.gamma, s.x.width), "gamma must be one row of the width of x");
}

double work(const RmsNormArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op rms_norm_op = Definition<RmsNormOperands>(&Kernels::rms_norm).with_shape<shape>().with_work<work>().is_by_rows();

// x, dy [rows, width], gamma [1, width] → dx [rows, width], statistics [rows, 2].
namespace {

void shape(const RmsNormGradientShapes& s) { expect_norm_gradient(s); }

double work(const RmsNormGradientArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op rms_norm_gradient_op = Definition<RmsNormGradientOperands>(&Kernels::rms_norm_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
