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

// gateA, a, gateB, b, dSum → dGateA, dA, dGateB, dB.
namespace {

void shape(const GatedSumGradientShapes& s) {
  expect(same_shape(s.gate_a, s.a) && same_shape(s.gate_b, s.a), "gates and a differ in shape");
  expect(same_shape(s.b, s.a) && same_shape(s.d_sum, s.a), "a, b and dSum differ in shape");
  expect(same_shape(s.d_gate_a, s.a) && same_shape(s.d_gate_b, s.a), "a and the gradients of gates differ in shape");
  expect(same_shape(s.d_a, s.a) && same_shape(s.d_b, s.a), "a, dA and dB differ in shape");
}

double work(const GatedSumGradientArgs& args) { return 6 * work_by_value(args.a); }

}  // namespace

const Op gated_sum_gradient_op =
    Definition<GatedSumGradientOperands>(&Kernels::gated_sum_gradient).with_shape<shape>().with_work<work>();

}  // namespace glassformer
