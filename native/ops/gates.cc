// clean, deviation, noise → gates, load.
#include "generated/rows.h"
#include "ops/gates_operands.h"

namespace glassformer {

namespace {

void shape(const GatesShapes& s) {
  expect_gates(s);
  expect(same_shape(s.clean, s.gates) && same_shape(s.clean, s.load), "clean and outputs differ in shape");
}

std::int64_t scratch(const GatesArgs& args) { return gates_scratch(args.clean.width); }

double work(const GatesArgs& args) { return 20 * work_by_value(args.clean); }

}  // namespace

const Op gates_op = Definition<GatesOperands>(&Kernels::gates).with_shape<shape>().with_scratch<scratch>().with_work<work>().is_by_rows();

// clean, deviation, noise, dGates, dLoad → dClean, dDeviation.
namespace {

void shape(const GatesGradientShapes& s) {
  expect_gates(s);
  expect(same_shape(s.clean, s.d_gates) && same_shape(s.clean, s.d_clean), "clean, dGates and dClean differ in shape");
  expect(!s.d_load.given || same_shape(s.d_load, s.clean), "dLoad and clean differ in shape");
  expect(s.deviation.given == s.d_deviation.given && same_shape(s.deviation, s.d_deviation), "deviation and its gradient differ in shape");
}

std::int64_t scratch(const GatesGradientArgs& args) { return gates_scratch(args.clean.width); }

double work(const GatesGradientArgs& args) { return 30 * work_by_value(args.clean); }

}  // namespace

const Op gates_gradient_op = Definition<GatesGradientOperands>(&Kernels::gates_gradient).with_shape<shape>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
