// rangedCandidates: edits, log-softmax and the k best of each row. Ids of two ranges are allowed, and the second range
// competes with the first as a whole.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/candidates/edits.h"
#include "kernels/candidates/top_k.h"
#include "kernels/candidates/top_scores.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/ranged_places.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

void forbid(float* row, std::int64_t begin, std::int64_t end) {
  if (begin >= end) return;
  for_columns(end - begin, [&](std::int64_t i, auto n) { store(row + begin + i, broadcast(-kInfinity), n); });
}

// row [vocabulary] ← the logits of row r after its edits, and −∞ for ids that are not allowed.
void allowed_scores(float* row, const RangedCandidatesArgs& args, std::int64_t r) {
  const std::int64_t vocabulary = args.logits.width;
  copy_row(row, row_of(args.logits, r), vocabulary);
  for (std::int64_t e = first_edit(args.edits, r); e < args.edits.rows && edit_at(args.edits, e)[0] == r; e++) {
    const std::int32_t* edit = edit_at(args.edits, e);
    row[edit[1]] = edited_score(row[edit[1]], edit[2], *row_of(args.values, e));
  }
  const std::int32_t* range = args.ranges.integers + r * args.ranges.stride;
  const std::int64_t second = range[3] - range[2];
  const double whole = second > 0 ? log_sum_exp(row + range[2], second) : -static_cast<double>(kInfinity);
  const float best = range[1] > range[0] ? row_max(row + range[0], range[1] - range[0]) : -kInfinity;
  const bool is_forbidden = whole > static_cast<double>(best);
  // The ranges may overlap and come in any order. Ids in neither are forbidden.
  const std::int64_t first_end = is_forbidden ? 0 : range[1];
  const std::int64_t first_begin = is_forbidden ? 0 : range[0];
  const bool first_comes_first = first_begin <= range[2];
  const std::int64_t begins[2] = {first_comes_first ? first_begin : range[2], first_comes_first ? range[2] : first_begin};
  const std::int64_t ends[2] = {first_comes_first ? first_end : range[3], first_comes_first ? range[3] : first_end};
  forbid(row, 0, begins[0]);
  forbid(row, ends[0], begins[1]);
  forbid(row, ends[0] > ends[1] ? ends[0] : ends[1], vocabulary);
}

}  // namespace

void ranged_candidates(const RangedCandidatesArgs& args, const Partition& partition) {
  if (args.logits.rows == 0) return;
  const std::int64_t vocabulary = args.logits.width;
  const std::int64_t k = args.scores.rows / args.logits.rows;
  const RangedPlaces at = ranged_places(vocabulary, k);
  float* row = partition.scratch + at.row;
  const TopK top_k = {reinterpret_cast<std::int64_t*>(partition.scratch + at.keys), k};
  const TopScores best = {reinterpret_cast<double*>(partition.scratch + at.values),
                          reinterpret_cast<std::int32_t*>(partition.scratch + at.ids), k};
  std::int64_t* spare = reinterpret_cast<std::int64_t*>(partition.scratch + at.spare);
  const Range rows = part_of(args.logits.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    allowed_scores(row, args, r);
    const double norm = log_sum_exp(row, vocabulary);
    const double subtracted = norm > -static_cast<double>(kInfinity) ? norm : 0;
    reset(top_k);
    for (std::int64_t first = 0; first < vocabulary; first += kVocabularyTile) {
      const std::int64_t width = smaller(kVocabularyTile, vocabulary - first);
      offer_row(top_k, row + first, width, first, row_max(row + first, width));
    }
    finish(top_k, spare);
    take(best, top_k);
    take_lowest_ids(best, spare);
    for (std::int64_t i = 0; i < k; i++) {
      *row_of(args.scores, r * k + i) = static_cast<float>(best.values[i] - subtracted);
      args.ids.integers_out[(r * k + i) * args.ids.stride] = best.ids[i];
    }
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
