// logits, ids → scores: the log-probability of one token for each row.
#include "generated/rows.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const TokenLogProbabilityShapes& s) {
  expect(is_column(s.ids, s.logits), "ids must be one column with the rows of logits");
  expect(is_column(s.scores, s.logits), "scores must be one column with the rows of logits");
}

void check(const TokenLogProbabilityArgs& args) { expect_range("id", args.ids, 0, 0, args.logits.width); }

double work(const TokenLogProbabilityArgs& args) { return work_by_value(args.logits); }

}  // namespace

const Op token_log_probability_op = Definition<TokenLogProbabilityOperands>(&Kernels::token_log_probability).with_shape<shape>().with_check<check>().with_work<work>();

// logits, ids, dy → dx.
namespace {

void shape(const TokenLogProbabilityGradientShapes& s) {
  expect(same_shape(s.logits, s.dx), "logits and dx differ in shape");
  expect(is_column(s.ids, s.logits) && is_column(s.dy, s.logits), "ids and dy must be one column with the rows of logits");
}

void check(const TokenLogProbabilityGradientArgs& args) { expect_range("id", args.ids, 0, 0, args.logits.width); }

double work(const TokenLogProbabilityGradientArgs& args) { return work_by_value(args.logits); }

}  // namespace

const Op token_log_probability_gradient_op = Definition<TokenLogProbabilityGradientOperands>(&Kernels::token_log_probability_gradient).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
