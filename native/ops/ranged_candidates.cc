// logits, ranges, edits → scores, ids: the best next tokens of each row among two ranges of ids.
#include "generated/rows.h"
#include "kernels/ranged_places.h"
#include "ops/candidates_operands.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const RangedCandidatesShapes& s) {
  expect(s.ranges.width == 4 && same_rows(s.ranges, s.logits), "ranges must be four columns with the rows of logits");
  expect(s.edits.width == 3, "edits must be (row, id, kind)");
  expect(is_column(s.values, s.edits), "values must be one column with the rows of edits");
  expect(s.scores.width == 1 && same_shape(s.scores, s.ids), "scores and ids must be one column each");
}

void check(const RangedCandidatesArgs& args) {
  const std::int64_t rows = args.logits.rows;
  const std::int64_t vocabulary = args.logits.width;
  check_count(args.scores.rows, rows, vocabulary);
  check_edits(args.edits, rows, vocabulary);
  for (std::int64_t r = 0; r < rows; r++)
    for (int range = 0; range < 2; range++) {
      const std::int32_t* at = args.ranges.integers + r * args.ranges.stride + 2 * range;
      if (at[0] < 0 || at[0] > at[1] || at[1] > vocabulary)
        refuse("[" + text(at[0]) + ", " + text(at[1]) + ") at row " + text(r) + " is no range of " + text(vocabulary) + " ids");
    }
}

// Scratch memory for a row of logits, and for its best.
std::int64_t scratch(const RangedCandidatesArgs& args) {
  if (args.logits.rows == 0) return 0;
  return ranged_places(args.logits.width, args.scores.rows / args.logits.rows).floats;
}

double work(const RangedCandidatesArgs& args) { return 2 * work_by_value(args.logits); }

}  // namespace

const Op ranged_candidates_op = Definition<RangedCandidatesOperands>(&Kernels::ranged_candidates)
                                    .with_shape<shape>()
                                    .with_check<check>()
                                    .with_scratch<scratch>()
                                    .with_work<work>();

}  // namespace glassformer
