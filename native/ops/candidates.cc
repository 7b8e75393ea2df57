// x, weight, edits → scores, ids: the best next tokens of each row.
#include "generated/rows.h"
#include "ops/candidates_operands.h"

namespace glassformer {

namespace {

void shape(const CandidatesShapes& s) { expect_candidates(s); }

void check(const CandidatesArgs& args) {
  const std::int64_t rows = args.x.rows;
  const std::int64_t vocabulary = args.weight.rows;
  const std::int64_t count = args.scores.rows;
  const bool fits = rows ? count % rows == 0 && count >= rows && count / rows <= vocabulary : count == 0;
  if (!fits) refuse("C is " + text(count) + ": not 1 to " + text(vocabulary) + " for each of " + text(rows) + " rows");
  check_edits(args);
}

double work(const CandidatesArgs& args) { return product_work(args.x, args.weight); }

}  // namespace

const Op candidates_op = Definition<CandidatesOperands>(&Kernels::candidates)
                              .with_shape<shape>()
                              .with_check<check>()
                              .with_scratch<candidates_scratch>()
                              .with_work<work>()
                              .with_common<candidates_common>()
                              .with_parallelism(Parallelism::kByKernel);

}  // namespace glassformer
