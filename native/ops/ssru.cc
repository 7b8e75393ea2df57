// x, forget, forgetBias, spans, residual → recurred, states, gates.
#include "generated/rows.h"
#include "kernels/scratch.h"
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

// x, forget, forgetBias, states, spans, dRecurred → dx, dForget; dForgetBias is added to.
namespace {

void shape(const SsruGradientShapes& s) {
  expect_unit(s, s.dx);
  expect(same_shape(s.states, s.x) && same_shape(s.d_recurred, s.x), "x, states and dRecurred differ in shape");
  expect(same_shape(s.d_forget, s.x), "x and dForget differ in shape");
  expect(is_vector(s.d_forget_bias, s.x.width), "dForgetBias must be one row of the width of x");
  expect_span_pairs(s.spans);
}

void check(const SsruGradientArgs& args) { check_tiles(args.spans, args.x.rows); }

// Scratch memory for the values that pass from token to token, and for the sums of the bias.
std::int64_t scratch(const SsruGradientArgs& args) { return 2 * scratch_stride(args.x.width); }

double work(const SsruGradientArgs& args) { return 4 * work_by_value(args.x); }

}  // namespace

const Op ssru_gradient_op =
    Definition<SsruGradientOperands>(&Kernels::ssru_gradient).with_shape<shape>().with_check<check>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
