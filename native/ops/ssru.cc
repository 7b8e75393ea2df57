// x, forget, forgetBias, spans, residual → recurred, states, gates.
#include "generated/rows.h"
#include "ops/recurrence_operands.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const SsruShapes& s) {
  expect_unit(s, s.recurred);
  expect(same_shape(s.states, s.x), "x and states differ in shape");
  expect(!s.residual.given || same_shape(s.residual, s.x), "x and residual differ in shape");
  expect(s.gates.given == s.traced, "gates are an output if and only if they are asked for");
  expect(!s.traced || same_shape(s.gates, s.x), "x and gates differ in shape");
  expect_span_pairs(s.spans);
}

void check(const SsruArgs& args) { check_tiles(args.spans, args.x.rows); }

double work(const SsruArgs& args) { return 2 * work_by_value(args.x); }

}  // namespace

const Op ssru_op = Definition<SsruOperands>(&Kernels::ssru).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
