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

}  // namespace glassformer
