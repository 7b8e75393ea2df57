// x, weight, edits → scores, ids: the best next tokens of each row.
#include "generated/rows.h"
#include "ops/candidates_operands.h"

namespace glassformer {

namespace {

void shape(const CandidatesShapes& s) { expect_candidates(s); }

void check(const CandidatesArgs& args) {
  check_count(args.scores.rows, args.x.rows, args.weight.rows);
  check_edits(args.edits, args.x.rows, args.weight.rows);
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
