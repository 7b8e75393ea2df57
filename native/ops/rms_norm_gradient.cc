// x, dy [rows, width], gamma [1, width] → dx [rows, width], statistics [rows, 2].
#include "generated/rows.h"
#include "ops/norm_gradient_operands.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const RmsNormGradientShapes& s) { expect_norm_gradient(s); }

double work(const RmsNormGradientArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op rms_norm_gradient_op = Definition<RmsNormGradientOperands>(&Kernels::rms_norm_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
