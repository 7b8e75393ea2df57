// y, dy → dx.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const SoftmaxGradientShapes& s) { expect(same_shape(s.y, s.dx) && same_shape(s.dy, s.dx), "inputs and dx differ in shape"); }

double work(const SoftmaxGradientArgs& args) { return work_by_value(args.y); }

}  // namespace

const Op softmax_gradient_op = Definition<SoftmaxGradientOperands>(&Kernels::softmax_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
