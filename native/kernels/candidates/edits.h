// Edits of scores: (row, id, kind), ascending by row.
#pragma once
#include "kernels/call.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The first edit of `row` or of a later row; edits ascend by row.
std::int64_t first_edit(const Matrix& edits, std::int64_t row) {
  std::int64_t low = 0;
  std::int64_t high = edits.rows;
  while (low < high) {
    const std::int64_t middle = (low + high) / 2;
    if (edits.integers[middle * edits.stride] < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The kinds of edits: a new score, a factor that lowers a score (a penalty), an addend, a factor that raises a score.
enum Edit { kSet, kPenalize, kAdd, kRaise };

// The score after an edit, computed in `Number`. −∞ can only be replaced.
template <class Number>
inline Number edited_score(Number score, int kind, Number value) {
  if (kind == kSet) return value;
  if (kind == kPenalize) return score < 0 ? score * value : score / value;
  if (score == -kInfinity) return score;
  return score + (kind == kAdd ? value : score < 0 ? -score * value : score * value);
}

inline const std::int32_t* edit_at(const Matrix& edits, std::int64_t e) { return edits.integers + e * edits.stride; }

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
