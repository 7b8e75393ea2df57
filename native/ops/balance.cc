// x → the squared coefficient of variation of its column sums.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const BalanceShapes& s) { expect(is_vector(s.balance, 1), "the output must be one number"); }

double work(const BalanceArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op balance_op = Definition<BalanceOperands>(&Kernels::balance).with_shape<shape>().with_work<work>();

// x, dBalance → dx.
namespace {

void shape(const BalanceGradientShapes& s) {
  expect(is_vector(s.d_balance, 1), "dBalance must be one number");
  expect(same_shape(s.x, s.dx), "x and dx differ in shape");
}

double work(const BalanceGradientArgs& args) { return 2 * work_by_value(args.x); }

}  // namespace

const Op balance_gradient_op = Definition<BalanceGradientOperands>(&Kernels::balance_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
