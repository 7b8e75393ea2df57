// The gradient of routerLoss by the scores.
#include "generated/rows.h"
#include "ops/routers_operands.h"

namespace glassformer {

namespace {

void shape(const RouterLossGradientShapes& s) {
  expect_routers(s);
  expect(is_vector(s.d_loss, 1), "dLoss must be one number");
  expect(same_shape(s.scores, s.d_scores), "scores and dScores differ in shape");
}

}  // namespace

const Op router_loss_gradient_op = Definition<RouterLossGradientOperands>(&Kernels::router_loss_gradient)
                                       .with_shape<shape>()
                                       .with_check<check_routers<RouterLossGradientArgs>>()
                                       .with_scratch<scratch_of_routers<RouterLossGradientArgs>>()
                                       .with_work<work_of_routers<RouterLossGradientArgs>>();

}  // namespace glassformer
