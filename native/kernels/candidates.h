// candidates: log-softmax, edits and the k best of each row.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

enum Normalise { kBefore, kAfter, kBoth };
enum Edit { kSet, kPenalise, kAdd };

// The k best so far: a heap whose root is the worst of them. values, ids [k]
struct Best {
  float* values;
  std::int32_t* ids;
  std::int64_t k;
};

// a goes after b: a lower score, or the same one and a higher id.
inline bool worse(const Best& best, std::int64_t a, std::int64_t b) {
  return best.values[a] < best.values[b] || (best.values[a] == best.values[b] && best.ids[a] > best.ids[b]);
}

inline void swap_places(Best& best, std::int64_t a, std::int64_t b) {
  const float value = best.values[a];
  const std::int32_t id = best.ids[a];
  best.values[a] = best.values[b];
  best.ids[a] = best.ids[b];
  best.values[b] = value;
  best.ids[b] = id;
}

// Restores the heap [0, size) below `at`.
void sift_down(Best& best, std::int64_t at, std::int64_t size) {
  for (;;) {
    std::int64_t worst = at;
    for (std::int64_t child = 2 * at + 1; child <= 2 * at + 2; child++)
      if (child < size && worse(best, child, worst)) worst = child;
    if (worst == at) return;
    swap_places(best, at, worst);
    at = worst;
  }
}

inline float number_or_lowest(float value) { return value == value ? value : -kInfinity; }

// Puts id in where the score is above the worst kept one; on a tie the kept, lower id stays.
inline void offer(Best& best, float value, std::int32_t id) {
  if (!(value > best.values[0])) return;
  best.values[0] = value;
  best.ids[0] = id;
  sift_down(best, 0, best.k);
}

// best ← the k best of row [width] in falling order; NaN counts as −∞.
void choose(Best& best, const float* row, std::int64_t width) {
  for (std::int64_t i = 0; i < best.k; i++) {
    best.values[i] = number_or_lowest(row[i]);
    best.ids[i] = static_cast<std::int32_t>(i);
  }
  for (std::int64_t at = best.k / 2; at-- > 0;) sift_down(best, at, best.k);
  const std::int64_t rest = width - best.k;
  const float* from = row + best.k;
  for_columns(rest, [&](std::int64_t i, auto n) {
    const Vec values = keep(load(from + i, n), broadcast(-kInfinity), n);
    for (unsigned above = bits(less(broadcast(best.values[0]), values)); above; above &= above - 1) {
      const int lane = __builtin_ctz(above);
      offer(best, from[i + lane], static_cast<std::int32_t>(best.k + i + lane));
    }
  });
  for (std::int64_t size = best.k - 1; size > 0; size--) {
    swap_places(best, 0, size);
    sift_down(best, 0, size);
  }
}

void edit(float* row, const std::int32_t* edit, float value) {
  float& score = row[edit[1]];
  if (edit[2] == kSet) score = value;
  else if (edit[2] == kPenalise) score = score < 0 ? score * value : score / value;
  else score += value;
}

// The first edit of `row` or of a later one: edits ascend by row.
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

// row [vocabulary] ← the edited scores of logits row r; the logits are left as they are.
void edited_scores(float* row, const Call& call, std::int64_t r, int normalise) {
  const Matrix& logits = call.inputs[0];
  const Matrix& edits = call.inputs[1];
  const float* from = row_of(logits, r);
  subtract_row(row, from, logits.width, normalise == kAfter ? 0 : log_sum_exp(from, logits.width));
  for (std::int64_t e = first_edit(edits, r); e < edits.rows && edits.integers[e * edits.stride] == r; e++)
    edit(row, edits.integers + e * edits.stride, *row_of(call.inputs[2], e));
}

void candidates(const Call& call, const Share& share) {
  const Matrix& logits = call.inputs[0];
  const Matrix& scores = call.outputs[0];
  const Matrix& ids = call.outputs[1];
  if (logits.rows == 0) return;
  const int normalise = static_cast<int>(call.attributes[0]);
  const std::int64_t k = scores.rows / logits.rows;
  float* row = share.scratch;
  float* values = row + scratch_stride(logits.width);
  // Integers in memory of floats: both are four bytes, and nothing else reads these.
  Best best = {values, reinterpret_cast<std::int32_t*>(values + scratch_stride(k)), k};
  const Range rows = part_of(logits.rows, 1, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    edited_scores(row, call, r, normalise);
    const double norm = normalise == kBefore ? 0 : log_sum_exp(row, logits.width);
    const double subtracted = norm > -kInfinity ? norm : 0;  // neither −∞ nor NaN
    choose(best, row, logits.width);
    for (std::int64_t i = 0; i < k; i++) {
      *row_of(scores, r * k + i) = static_cast<float>(best.values[i] - subtracted);
      ids.integers_out[(r * k + i) * ids.stride] = best.ids[i];
    }
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
