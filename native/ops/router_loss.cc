// scores of routers → how unequally experts share the tokens, and how large the scores are.
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

}  // namespace glassformer
