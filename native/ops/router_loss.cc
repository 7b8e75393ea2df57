// scores of routers → loss: how unequally experts share the tokens, and how large the scores are.
#include "generated/rows.h"
#include "ops/routers_operands.h"

namespace glassformer {

namespace {

void shape(const RouterLossShapes& s) {
  expect_routers(s);
  expect(is_vector(s.loss, 1), "the output must be one number");
}

}  // namespace

const Op router_loss_op = Definition<RouterLossOperands>(&Kernels::router_loss)
                              .with_shape<shape>()
                              .with_check<check_routers<RouterLossArgs>>()
                              .with_scratch<scratch_of_routers<RouterLossArgs>>()
                              .with_work<work_of_routers<RouterLossArgs>>();

// scores, dLoss → dScores.
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
