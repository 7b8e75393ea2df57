// x → log_softmax, value by value or row by row.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const LogSoftmaxShapes& s) { expect(same_shape(s.x, s.log_softmax), "input and output differ in shape"); }

double work(const LogSoftmaxArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op log_softmax_op = Definition<LogSoftmaxOperands>(&Kernels::log_softmax).with_shape<shape>().with_work<work>();

// y, dy → dx.
namespace {

void shape(const LogSoftmaxGradientShapes& s) { expect(same_shape(s.y, s.dx) && same_shape(s.dy, s.dx), "inputs and dx differ in shape"); }

double work(const LogSoftmaxGradientArgs& args) { return work_by_value(args.y); }

}  // namespace

const Op log_softmax_gradient_op = Definition<LogSoftmaxGradientOperands>(&Kernels::log_softmax_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
