// gate, x → gated.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const GatedActivationShapes& s) {
  expect(same_shape(s.x, s.gated) && same_shape(s.gate, s.gated), "gate, input and output differ in shape");
}

double work(const GatedActivationArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op gated_activation_op =
    Definition<GatedActivationOperands>(&Kernels::gated_activation).with_shape<shape>().with_work<work>().is_by_rows();

// gate, x, dy → dGate, dx.
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
