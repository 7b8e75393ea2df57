// x → softmax, value by value or row by row.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const SoftmaxShapes& s) { expect(same_shape(s.x, s.softmax), "input and output differ in shape"); }

double work(const SoftmaxArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op softmax_op = Definition<SoftmaxOperands>(&Kernels::softmax).with_shape<shape>().with_work<work>();

// y, dy → dx.
namespace {

void shape(const SoftmaxGradientShapes& s) { expect(same_shape(s.y, s.dx) && same_shape(s.dy, s.dx), "inputs and dx differ in shape"); }

double work(const SoftmaxGradientArgs& args) { return work_by_value(args.y); }

}  // namespace

const Op softmax_gradient_op = Definition<SoftmaxGradientOperands>(&Kernels::softmax_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
