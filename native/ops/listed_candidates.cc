// x, listed, edits → scores, ids: the best next tokens of each row among the ids of a list.
#include <algorithm>

#include "core/packed_layout.h"
#include "generated/rows.h"
#include "ops/candidates_operands.h"

namespace glassformer {

namespace {

void shape(const ListedCandidatesShapes& s) {
  expect_candidates(s);
  expect(is_column(s.listed_ids, s.listed), "listedIds must be one column with the rows of listed");
  expect(s.lists.width == 2 && s.queries.width == 2 && same_rows(s.lists, s.queries),
         "lists and queries must be [begin, end) pairs of the same sentences");
}

// A list begins at a panel, its last panel is whole, and its ids ascend.
void check_list(const Matrix& lists, std::int64_t b, const Matrix& ids) {
  const std::int64_t begin = begin_of(lists, b);
  const std::int64_t end = end_of(lists, b);
  if (begin % kPackedOutputs) refuse("a list begins at row " + text(begin) + ", not at a multiple of " + text(kPackedOutputs));
  if (rounded_up(end, kPackedOutputs) > ids.rows)
    refuse("the last panel of a list ends after row " + text(ids.rows));
  for (std::int64_t row = begin + 1; row < end; row++)
    if (begin_of(ids, row) <= begin_of(ids, row - 1)) refuse("ids must ascend within a list, that of row " + text(row) + " does not");
}

void check(const ListedCandidatesArgs& args) {
  const std::int64_t rows = args.x.rows;
  const std::int64_t count = args.scores.rows;
  const Matrix& weight = args.weight;
  const Matrix& listed = args.listed;
  const bool fits = rows ? count % rows == 0 && count >= rows : count == 0;
  if (!fits) refuse("C is " + text(count) + ": not as many for each of " + text(rows) + " rows");
  const std::int64_t width = listed_width(weight.encoding, weight.width);
  if (listed.width != width) refuse("listed must be " + text(width) + " wide");
  // The kernel reads a panel in one piece.
  if (weight.encoding != Encoding::kFloat32 && listed.stride != width) refuse("rows of listed must lie side by side");
  check_edits(args.edits, rows, weight.rows);
  expect_range("id", args.listed_ids, 0, 0, weight.rows);
  expect_spans("queries", args.queries, rows);
  expect_spans("lists", args.lists, listed.rows);
  expect_tiling(args.queries, rows);
  for (std::int64_t b = 0; b < args.lists.rows; b++) check_list(args.lists, b, args.listed_ids);
}

// Scratch memory for the longest list and its candidates.
std::int64_t scratch(const ListedCandidatesArgs& args) {
  const std::int64_t k = args.x.rows ? args.scores.rows / args.x.rows : 0;
  CandidatesArgs list = {};
  static_cast<Call&>(list) = args;
  list.x = args.x;
  list.x.rows = longest(args.queries);
  list.weight = args.weight;
  list.weight.rows = longest(args.lists);
  list.edits = args.edits;
  list.scores = args.scores;
  list.scores.rows = list.x.rows * std::min(k, list.weight.rows);
  return list_places(list.weight.rows, list.edits.rows, list.scores.rows).floats + candidates_common(list, 1) + candidates_scratch(list);
}

double work(const ListedCandidatesArgs& args) {
  return 0.3 * static_cast<double>(total_length(args.lists)) * static_cast<double>(args.x.width);
}

}  // namespace

const Op listed_candidates_op = Definition<ListedCandidatesOperands>(&Kernels::listed_candidates).with_shape<shape>().with_check<check>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
