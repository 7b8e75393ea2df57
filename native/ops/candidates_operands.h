// Rules that the ops of candidates share.
#pragma once
#include <cstdint>

#include "core/spans.h"
#include "kernels/scratch.h"
#include "ops/encoded_product.h"
#include "ops/integers.h"
#include "ops/projection_operands.h"
#include "ops/shapes.h"

namespace glassformer {

template <class Shapes>
void expect_candidates(const Shapes& s) {
  expect_weight(s);
  expect(s.edits.width == 3, "edits must be (row, id, kind)");
  expect(is_column(s.values, s.edits), "values must be one column with the rows of edits");
  expect(s.scores.width == 1 && same_shape(s.scores, s.ids), "scores and ids must be one column each");
}

// Edits are (row, id, kind), ascending by row.
template <class Args>
void check_edits(const Args& args) {
  expect_range("row", args.edits, 0, 0, args.x.rows);
  expect_range("id", args.edits, 1, 0, args.weight.rows);
  expect_range("kind", args.edits, 2, 0, 4);
  for (std::int64_t e = 1; e < args.edits.rows; e++)
    if (begin_of(args.edits, e) < begin_of(args.edits, e - 1)) refuse("edits must ascend by row, edit " + text(e) + " does not");
}

inline std::int64_t candidates_common(const CandidatesArgs& args, int threads) { return candidates_places(args, threads).floats; }
// Scratch memory for the logits of a tile, and for the product that computes them.
inline std::int64_t candidates_scratch(const CandidatesArgs& args) {
  return kCandidateRows * kVocabularyTile + product_scratch(args.x, args.weight, args);
}

}  // namespace glassformer
