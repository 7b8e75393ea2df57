// gate, x, dy → dGate, dx.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const GatedActivationGradientShapes& s) {
  expect(same_shape(s.gate, s.x) && same_shape(s.dy, s.x), "gate, x and dy differ in shape");
  expect(same_shape(s.d_gate, s.x) && same_shape(s.dx, s.x), "x, dGate and dx differ in shape");
}

double work(const GatedActivationGradientArgs& args) { return 2 * work_by_value(args.x); }

}  // namespace

const Op gated_activation_gradient_op =
    Definition<GatedActivationGradientOperands>(&Kernels::gated_activation_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
