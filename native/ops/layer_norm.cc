// x [rows, width], gamma, beta [1, width] → normed [rows, width].
#include "generated/rows.h"
#include "ops/norm_gradient_operands.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const LayerNormShapes& s) {
  expect(same_shape(s.x, s.normed), "x and output differ in shape");
  expect(is_vector(s.gamma, s.x.width) && is_vector(s.beta, s.x.width), "gamma and beta must be one row of the width of x");
}

double work(const LayerNormArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op layer_norm_op = Definition<LayerNormOperands>(&Kernels::layer_norm).with_shape<shape>().with_work<work>().is_by_rows();

// x, dy [rows, width], gamma [1, width] → dx [rows, width], statistics [rows, 2].
namespace {

void shape(const LayerNormGradientShapes& s) { expect_norm_gradient(s); }

double work(const LayerNormGradientArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op layer_norm_gradient_op = Definition<LayerNormGradientOperands>(&Kernels::layer_norm_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
