// x → activated, value by value or row by row.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const ActivationShapes& s) { expect(same_shape(s.x, s.activated), "input and output differ in shape"); }

double work(const ActivationArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op activation_op = Definition<ActivationOperands>(&Kernels::activation).with_shape<shape>().with_work<work>().is_by_rows();

// x, dy → dx.
namespace {

void shape(const ActivationGradientShapes& s) { expect(same_shape(s.x, s.dx) && same_shape(s.dy, s.dx), "inputs and dx differ in shape"); }

double work(const ActivationGradientArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op activation_gradient_op = Definition<ActivationGradientOperands>(&Kernels::activation_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
