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
inline void check_edits(const Matrix& edits, std::int64_t rows, std::int64_t vocabulary) {
  expect_range("row", edits, 0, 0, rows);
  expect_range("id", edits, 1, 0, vocabulary);
  expect_range("kind", edits, 2, 0, 4);
  for (std::int64_t e = 1; e < edits.rows; e++)
    if (begin_of(edits, e) < begin_of(edits, e - 1)) refuse("edits must ascend by row, edit " + text(e) + " does not");
}

// There are as many candidates for each row, from 1 to all ids.
inline void check_count(std::int64_t count, std::int64_t rows, std::int64_t vocabulary) {
  const bool fits = rows ? count % rows == 0 && count >= rows && count / rows <= vocabulary : count == 0;
  if (!fits) refuse("C is " + text(count) + ": not 1 to " + text(vocabulary) + " for each of " + text(rows) + " rows");
}

inline std::int64_t candidates_common(const CandidatesArgs& args, int threads) { return candidates_places(args, threads).floats; }
// Scratch memory for the logits of a tile, and for the product that computes them.
inline std::int64_t candidates_scratch(const CandidatesArgs& args) {
  return kCandidateRows * kVocabularyTile + product_scratch(args.x, args.weight, args);
}

}  // namespace glassformer
