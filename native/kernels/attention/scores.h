// Scores of attention, q · kᵀ in one head: dot products that are collected in 16 lanes, in two ways of computing them.
#pragma once
#include "kernels/product/dot_tile.h"
#include "kernels/product/small_product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// scores [m, stride] ← q [m, d_head] · four keys. Parts of the lanes are computed one after the other, because not
// every instruction set has registers for all lanes.
template <int m>
inline void score_tile(float* scores, std::int64_t stride, const float* q, std::int64_t q_stride, const FourRows& keys,
                       std::int64_t d_head) {
  Lanes quarters[m];
  GLASSFORMER_UNROLL
  for (int part = 0; part < kParts; part++) {
    Vec sums[m][kTileColumns] = {};
    const auto step = [&](std::int64_t i, auto n) {
      Vec a[m];
      GLASSFORMER_UNROLL
      for (int r = 0; r < m; r++) a[r] = load(q + r * q_stride + i, n);
      GLASSFORMER_UNROLL
      for (int c = 0; c < kTileColumns; c++) {
        const Vec key = load(keys.at[c] + i, n);
        GLASSFORMER_UNROLL
        for (int r = 0; r < m; r++) sums[r][c] = fma(a[r], key, sums[r][c]);
      }
    };
    std::int64_t i = part * kLanes;
    for (; i + kLanes <= d_head; i += kParts * kLanes) step(i, Whole{});
    if (i < d_head) step(i, Part{static_cast<int>(d_head - i)});
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) quarters[r].part[part] = quarter_sums4(sums[r][0], sums[r][1], sums[r][2], sums[r][3]);
  }
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++) store_sums4(scores + r * stride, keys.count, quarters[r]);
}

// A vector of keys for each of m queries, or the sums for each pair of them. A panel has kPanelKeys keys, transposed:
// [d_head, kPanelKeys].
template <int m>
struct Scores {
  Vec of[m];
};

template <int m>
inline Scores<m> operator+(Scores<m> a, const Scores<m>& b) {
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++) a.of[r] = a.of[r] + b.of[r];
  return a;
}

// scores [m, kLanes] ← q [m, d_head] · panel. Sums are added lane by lane, in the order of sum(Lanes).
template <int m>
inline void score_panel(float* scores, std::int64_t stride, const float* q, std::int64_t q_stride, const float* panel,
                        std::int64_t d_head) {
  const auto lane = [&](std::int64_t number) {
    Scores<m> sums = {};
    for (std::int64_t i = number; i < d_head; i += 16) {
      const Vec keys = load(panel + i * kPanelKeys);
      GLASSFORMER_UNROLL
      for (int r = 0; r < m; r++) sums.of[r] = fma(broadcast(q[r * q_stride + i]), keys, sums.of[r]);
    }
    return sums;
  };
  const auto quarter = [&](int k) { return (lane(4 * k) + lane(4 * k + 2)) + (lane(4 * k + 1) + lane(4 * k + 3)); };
  const Scores<m> sums = (quarter(0) + quarter(2)) + (quarter(1) + quarter(3));
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++) store(scores + r * stride, sums.of[r]);
}

// Some queries of one head and some keys, the first `seen` of which the queries see.
struct Pairs {
  const float* q;
  std::int64_t q_stride;
  std::int64_t queries;
  const float* k;
  std::int64_t k_stride;
  std::int64_t seen;
  std::int64_t d_head;
};

// The number of queries of a tile, whose sums must stay in registers.
constexpr int kScoreRows = kLanes == 16 ? 4 : 2;

// scores [queries, stride] of the keys from `first` on, four at a time.
void score_by_fours(float* scores, std::int64_t stride, const Pairs& p, std::int64_t first) {
  for (std::int64_t j = first; j < p.seen; j += kTileColumns) {
    const FourRows keys = four_rows(p.k, p.k_stride, j, p.seen);
    for_rows<kScoreRows>(p.queries, [&](std::int64_t r, auto m) {
      score_tile<m()>(scores + r * stride + j, stride, p.q + r * p.q_stride, p.q_stride, keys, p.d_head);
    });
  }
}

// scores [queries, stride] of the keys before `end`, by panels of keys. Panels are transposed, so that no sum has to be
// added up across a vector.
void score_by_panels(float* scores, std::int64_t stride, const Pairs& p, std::int64_t end, float* panel) {
  for (std::int64_t j = 0; j < end; j += kPanelKeys) {
    transpose_rows(panel, kPanelKeys, p.k + j * p.k_stride, p.k_stride, kPanelKeys, p.d_head);
    for (std::int64_t lane = 0; lane < kPanelKeys; lane += kLanes)
      for_rows<kScoreRows>(p.queries, [&](std::int64_t r, auto m) {
        score_panel<m()>(scores + r * stride + j + lane, stride, p.q + r * p.q_stride, p.q_stride, panel + lane, p.d_head);
      });
  }
}

// Panels pay for narrow heads in long vectors, whose sums take longer to add up across a vector than to multiply, and
// for at least so many queries and keys.
constexpr std::int64_t kPanelWidth = kLanes == 16 ? 64 : 0;
constexpr std::int64_t kPanelQueries = 8;
constexpr std::int64_t kPanelsFrom = 32;

// scores [queries, stride] ← q · kᵀ for the keys that are seen. `panel` has room for [d_head, 16]; only whole panels
// are filled.
void score(float* scores, std::int64_t stride, const Pairs& p, float* panel) {
  const bool pays = p.d_head <= kPanelWidth && p.queries >= kPanelQueries && p.seen >= kPanelsFrom;
  const std::int64_t first = pays ? p.seen / kPanelKeys * kPanelKeys : 0;
  score_by_panels(scores, stride, p, first, panel);
  score_by_fours(scores, stride, p, first);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
