// gateA, a, gateB, b → summed.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const GatedSumShapes& s) {
  expect(same_shape(s.gate_a, s.summed) && same_shape(s.gate_b, s.summed), "gates and output differ in shape");
  expect(same_shape(s.a, s.summed) && same_shape(s.b, s.summed), "a, b and output differ in shape");
}

double work(const GatedSumArgs& args) { return 4 * work_by_value(args.a); }

}  // namespace

const Op gated_sum_op = Definition<GatedSumOperands>(&Kernels::gated_sum).with_shape<shape>().with_work<work>().is_by_rows();

}  // namespace glassformer
