// x, gates, inner, outer, biases → mixed.
#include "generated/rows.h"
#include "ops/experts_operands.h"

namespace glassformer {

namespace {

void shape(const MixtureShapes& s) { expect_experts(s, s.mixed); }

void check(const MixtureArgs& args) {
  expect_panels(args.inner, args.gates.width);
  expect_panels(args.outer, args.gates.width);
}

std::int64_t scratch(const MixtureArgs& args) {
  const Matrix hidden = {nullptr, nullptr, nullptr, args.x.rows, args.outer.width, args.outer.width};
  return mixture_scratch(args.x.width, args.outer.width, args.mixed.width).product +
         std::max(product_scratch(args.x, args.inner, args), product_scratch(hidden, args.outer, args));
}

double work(const MixtureArgs& args) { return experts_work(args); }

}  // namespace

const Op mixture_op = Definition<MixtureOperands>(&Kernels::mixture).with_shape<shape>().with_check<check>().with_scratch<scratch>().with_work<work>().is_by_rows();

// x, gates, inner, outer, biases, dMixed → dx, dGates; adds to dInner, dOuter and the gradients of the biases.
namespace {

void shape(const MixtureGradientShapes& s) {
  expect_experts(s, s.d_mixed);
  expect(same_shape(s.inner, s.d_inner) && same_shape(s.outer, s.d_outer), "a weight and its gradient differ in shape");
  expect(s.inner_bias.given == s.d_inner_bias.given && s.outer_bias.given == s.d_outer_bias.given, "biases and their gradients go together");
  expect(may_be_vector(s.d_inner_bias, s.inner.rows) && may_be_vector(s.d_outer_bias, s.outer.rows), "a bias and its gradient differ in shape");
  expect(same_shape(s.x, s.dx) && same_shape(s.gates, s.d_gates), "x and gates and their gradients differ in shape");
}

// Scratch memory for the rows of an expert, and for packed blocks of both factors.
std::int64_t scratch(const MixtureGradientArgs& args) {
  return mixture_scratch(args.x.width, args.outer.width, args.d_mixed.width).product + kPackedRows + kPackedColumns;
}

double work(const MixtureGradientArgs& args) { return 4 * experts_work(args); }

}  // namespace

const Op mixture_gradient_op = Definition<MixtureGradientOperands>(&Kernels::mixture_gradient).with_shape<shape>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
