// x, dy [rows, width], gamma [1, width] → dx [rows, width], statistics [rows, 2].
#include "generated/rows.h"
#include "ops/norm_gradient_operands.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const LayerNormGradientShapes& s) { expect_norm_gradient(s); }

double work(const LayerNormGradientArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op layer_norm_gradient_op = Definition<LayerNormGradientOperands>(&Kernels::layer_norm_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
