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

}  // namespace glassformer
