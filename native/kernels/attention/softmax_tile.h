// The softmax of a few rows at once, with four scores of each row in a vector, so that short rows leave few lanes empty
// and no row waits for itself.
#pragma once
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr int kSoftmaxRows = kLanes / 4;
static_assert(2 * kSoftmaxRows <= kMostSoftmaxRows, "scratch has room for the rows of two tiles");

// 0, 1, 2, 3 in each quarter
inline Vec quarter_numbers() {
  Vec numbers;
  for (int lane = 0; lane < kLanes; lane++) numbers[lane] = static_cast<float>(lane % 4);
  return numbers;
}

// tiles [tiles, width / 4, kLanes], `step` floats apart, ← exp(tile − highest). `sums` gets the sum of each row's
// exponentials, in the order of longer rows.
template <int tiles>
inline void tile_exponentials(float* tile, std::int64_t step, std::int64_t width, const Vec (&highest)[tiles], Vec (&sums)[tiles]) {
  Vec totals[tiles][4] = {};
  const std::int64_t end = width * kSoftmaxRows;
  for (std::int64_t i = 0; i < end; i += 4 * kLanes)
    GLASSFORMER_UNROLL
    for (int quarter = 0; quarter < 4; quarter++) {
      if (i + quarter * kLanes >= end) break;
      GLASSFORMER_UNROLL
      for (int t = 0; t < tiles; t++) {
        float* at = tile + t * step + i + quarter * kLanes;
        const Vec e = exp(load(at) - highest[t]);
        store(at, e);
        totals[t][quarter] = totals[t][quarter] + e;
      }
    }
  GLASSFORMER_UNROLL
  for (int t = 0; t < tiles; t++) sums[t] = sum_of_quarters(quarter_sums4(totals[t][0], totals[t][1], totals[t][2], totals[t][3]));
}

// p [tiles · kSoftmaxRows, stride] ← the softmax of the first `width` scores · scale, and 0 for scores that a row does
// not see. Each quarter of `seen` has the number of scores that its row sees. `width` is rounded up to a multiple of 4;
// `tile` has room for as many rows.
template <int tiles>
void softmax_tiles(float* p, std::int64_t stride, Vec seen, std::int64_t width, float scale, float* tile) {
  const std::int64_t step = kSoftmaxRows * stride;
  Vec highest[tiles];
  GLASSFORMER_UNROLL
  for (int t = 0; t < tiles; t++) highest[t] = broadcast(-kInfinity);
  Vec number = quarter_numbers();
  for (std::int64_t j = 0; j < width; j += 4, number = number + broadcast(4))
    GLASSFORMER_UNROLL
    for (int t = 0; t < tiles; t++) {
      const Vec scaled = load_quarters(p + t * step + j, stride) * broadcast(scale);
      const Vec score = select(less(number, seen), scaled, broadcast(-kInfinity));
      store(tile + t * step + j * kSoftmaxRows, score);
      highest[t] = max(score, highest[t]);
    }
  GLASSFORMER_UNROLL
  for (int t = 0; t < tiles; t++) highest[t] = max_of_quarters(highest[t]);
  Vec sums[tiles];
  tile_exponentials(tile, step, width, highest, sums);
  GLASSFORMER_UNROLL
  for (int t = 0; t < tiles; t++) sums[t] = broadcast(1) / sums[t];
  for (std::int64_t j = 0; j < width; j += 4)
    GLASSFORMER_UNROLL
    for (int t = 0; t < tiles; t++) store_quarters(p + t * step + j, stride, load(tile + t * step + j * kSoftmaxRows) * sums[t]);
}

// The number of rows that softmax_rows computes, including those after the last one.
inline std::int64_t tiled_rows(std::int64_t count) { return rounded_up(count, kSoftmaxRows); }

// p [count, stride] ← the softmax of the `seen` scores of each row · scale. After the rows of p there is room for two
// tiles, which are computed together, so that neither waits for itself.
void softmax_rows(float* p, std::int64_t stride, std::int64_t count, std::int64_t seen, float scale) {
  float* tile = p + tiled_rows(count) * stride;
  const Vec seen_by_all = broadcast(static_cast<float>(seen));
  std::int64_t r = 0;
  for (; r + kSoftmaxRows < count; r += 2 * kSoftmaxRows) softmax_tiles<2>(p + r * stride, stride, seen_by_all, seen, scale, tile);
  if (r < count) softmax_tiles<1>(p + r * stride, stride, seen_by_all, seen, scale, tile);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
