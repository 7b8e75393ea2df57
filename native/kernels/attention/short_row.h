// The softmax of a row of at most 32 scores, which stays in registers from the scores to the gradients. Most sentences
// are so short that passes over a row in memory would mostly wait for each other.
#pragma once
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/random.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr std::int64_t kShortRow = 32;

// A row of 16 or 32 values, the first `seen` of which count.
template <int vectors>
struct ShortRow {
  Vec part[vectors];

  Vec& operator[](int v) { return part[v]; }
  Vec operator[](int v) const { return part[v]; }
};
constexpr int kHalfRow = kParts;
constexpr int kWholeRow = 2 * kParts;

// The numbers v · kLanes, v · kLanes + 1, …
inline Vec lane_numbers(int v) {
  Vec numbers;
  for (int lane = 0; lane < kLanes; lane++) numbers[lane] = static_cast<float>(v * kLanes + lane);
  return numbers;
}

// The sum, in the order of longer rows: lane by lane first.
template <int vectors>
inline float sum(const ShortRow<vectors>& row) {
  Lanes total;
  GLASSFORMER_UNROLL
  for (int part = 0; part < kParts; part++)
    total.part[part] = vectors == kHalfRow ? row[part] : row[part] + row[vectors - kParts + part];
  return sum(total);
}

template <int vectors>
inline float max_of(const ShortRow<vectors>& row) {
  Vec highest = row[0];
  GLASSFORMER_UNROLL
  for (int v = 1; v < vectors; v++) highest = max(highest, row[v]);
  return max_of(highest);
}

// softmax of scores · scale, and 0 for keys that are not seen. `seen` is at least 1.
template <int vectors>
inline ShortRow<vectors> short_softmax(const float* scores, std::int64_t seen, float scale) {
  ShortRow<vectors> row;
  const Vec limit = broadcast(static_cast<float>(seen));
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++)
    row[v] = select(less(lane_numbers(v), limit), load(scores + v * kLanes) * broadcast(scale), broadcast(-kInfinity));
  const Vec highest = broadcast(max_of(row));
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) row[v] = exp(row[v] - highest);
  const Vec inverse = broadcast(1 / sum(row));
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) row[v] = row[v] * inverse;
  return row;
}

// Σ p · d, in every lane
template <int vectors>
inline Vec mean_of(const ShortRow<vectors>& p, const ShortRow<vectors>& d) {
  Lanes total = {};
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) total.part[v % kParts] = fma(p[v], d[v], total.part[v % kParts]);
  return broadcast(sum(total));
}

// d ← d − mean
template <int vectors>
inline void subtract(ShortRow<vectors>& d, Vec mean) {
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) d[v] = d[v] - mean;
}

// score_gradients in registers. The mean is subtracted twice, for the reason given at softmax_row_gradient.
template <int vectors>
inline void short_gradients(float* p, float* d, std::int64_t seen, float scale, const Drop* drop, std::uint32_t key) {
  const ShortRow<vectors> row = short_softmax<vectors>(p, seen, scale);
  const Vec limit = broadcast(static_cast<float>(seen));
  ShortRow<vectors> gradient;
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) {
    const Vec by = select(less(lane_numbers(v), limit), load(d + v * kLanes), broadcast(0));
    gradient[v] = drop ? dropped(by, key, v * kLanes, *drop) : by;
  }
  subtract(gradient, mean_of(row, gradient));
  subtract(gradient, mean_of(row, gradient));
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) {
    store(d + v * kLanes, broadcast(scale) * row[v] * gradient[v]);
    store(p + v * kLanes, drop ? dropped(row[v], key, v * kLanes, *drop) : row[v]);
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
