// Scores of attention, q · kᵀ of one head: dot products collected in 16 lanes, whichever of the two ways they are computed in.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// scores [m, stride] ← q [m, d_head] · the columns from `column` on of four keys, of which there are `count`
template <int m, class T>
inline void score_tile(float* scores, std::int64_t stride, const float* q, std::int64_t q_stride, const T* const* keys, int count,
                       std::int64_t column, std::int64_t d_head) {
  Lanes sums[m][kTileColumns] = {};
  for_lanes(d_head, [&](std::int64_t i, int part, auto n) {
    Vec a[m];
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) a[r] = load(q + r * q_stride + i, n);
    GLASSFORMER_UNROLL
    for (int c = 0; c < kTileColumns; c++) {
      const Vec key = load(keys[c] + column + i, n);
      GLASSFORMER_UNROLL
      for (int r = 0; r < m; r++) sums[r][c].part[part] = fma(a[r], key, sums[r][c].part[part]);
    }
  });
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++) store_sums(scores + r * stride, count, sums[r]);
}

// Keys side by side, transposed: [d_head, 16].
constexpr std::int64_t kPanelKeys = 16;

// m queries and a vector of keys from a panel, or what has been collected for each pair of them.
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

// scores [m, kLanes] ← q [m, d_head] · panel: a lane after the other, added in the order of sum(Lanes).
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

// Queries of a tile: the sums of a few lanes have to stay in registers.
constexpr int kScoreRows = kLanes == 16 ? 4 : 2;

// Some queries, and some keys of which they see `seen`; one head.
struct Pairs {
  const float* q;
  std::int64_t q_stride;
  std::int64_t queries;
  const float* k;
  std::int64_t k_stride;
  std::int64_t seen;
  std::int64_t d_head;
};

// scores [queries, stride] by panels of keys, which are transposed so that sums need not be added up across vectors.
void score_by_panels(float* scores, std::int64_t stride, const Pairs& p, float* panel) {
  for (std::int64_t j = 0; j < p.seen; j += kPanelKeys) {
    const std::int64_t keys = smaller(kPanelKeys, p.seen - j);
    transpose_rows(panel, kPanelKeys, p.k + j * p.k_stride, p.k_stride, keys, p.d_head);
    for (std::int64_t lane = 0; lane < keys; lane += kLanes) {
      float* to = scores + j + lane;
      std::int64_t r = 0;
      for (; r + kScoreRows <= p.queries; r += kScoreRows)
        score_panel<kScoreRows>(to + r * stride, stride, p.q + r * p.q_stride, p.q_stride, panel + lane, p.d_head);
      for (; r < p.queries; r++) score_panel<1>(to + r * stride, stride, p.q + r * p.q_stride, p.q_stride, panel + lane, p.d_head);
    }
  }
}

// scores [queries, stride], query by query.
void score_by_queries(float* scores, std::int64_t stride, const Pairs& p) {
  for (std::int64_t j = 0; j < p.seen; j += kTileColumns) {
    const FourRows keys = four_rows(p.k, p.k_stride, j, p.seen);
    for (std::int64_t r = 0; r < p.queries; r++)
      score_tile<1>(scores + r * stride + j, stride, p.q + r * p.q_stride, p.q_stride, keys.at, keys.count, 0, p.d_head);
  }
}

// From this many queries on panels pay.
constexpr std::int64_t kTransposedQueries = 8;

// scores [queries, stride] ← q · kᵀ of the keys that are seen. `panel`: room for [d_head, 16].
void score(float* scores, std::int64_t stride, const Pairs& p, float* panel) {
  if (p.queries < kTransposedQueries) score_by_queries(scores, stride, p);
  else score_by_panels(scores, stride, p, panel);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
