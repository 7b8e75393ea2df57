// The softmax of a few rows at once, four scores of each in a vector: short rows leave few lanes empty, and do not wait for each other.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr int kSoftmaxRows = kLanes / 4;

// 0, 1, 2, 3 in each quarter
inline Vec quarter_numbers() {
  Vec numbers;
  for (int lane = 0; lane < kLanes; lane++) numbers[lane] = static_cast<float>(lane % 4);
  return numbers;
}

// tile [width / 4, kLanes] ← exp(tile − highest); returns for each row the sum of its exponentials, in the order of a longer row's.
inline Vec tile_exponentials(float* tile, std::int64_t width, Vec highest) {
  Vec totals[4] = {};
  const std::int64_t end = width * kSoftmaxRows;
  for (std::int64_t i = 0; i < end; i += 4 * kLanes)
    GLASSFORMER_UNROLL
    for (int quarter = 0; quarter < 4; quarter++) {
      float* at = tile + i + quarter * kLanes;
      if (at >= tile + end) break;
      const Vec e = exp(load(at) - highest);
      store(at, e);
      totals[quarter] = totals[quarter] + e;
    }
  return sum_of_quarters(quarter_sums4(totals[0], totals[1], totals[2], totals[3]));
}

// p [kSoftmaxRows, stride] ← softmax of its first `width` scores · scale, 0 where a row has not seen them: `seen` says in each of its
// quarters how many it has. width is rounded up to 4; `tile` is room for so many rows.
void softmax_tile(float* p, std::int64_t stride, Vec seen, std::int64_t width, float scale, float* tile) {
  Vec highest = broadcast(-kInfinity);
  Vec number = quarter_numbers();
  for (std::int64_t j = 0; j < width; j += 4, number = number + broadcast(4)) {
    const Vec score = select(less(number, seen), load_quarters(p + j, stride) * broadcast(scale), broadcast(-kInfinity));
    store(tile + j * kSoftmaxRows, score);
    highest = max(score, highest);
  }
  const Vec share = broadcast(1) / tile_exponentials(tile, width, max_of_quarters(highest));
  for (std::int64_t j = 0; j < width; j += 4) store_quarters(p + j, stride, load(tile + j * kSoftmaxRows) * share);
}

// The rows that p below has, with those behind the last that are computed as well.
inline std::int64_t tiled_rows(std::int64_t count) { return rounded_up(count, kSoftmaxRows); }

// p [count, stride] ← softmax of the `seen` scores of each row · scale; behind its rows there is room for a tile.
void softmax_rows(float* p, std::int64_t stride, std::int64_t count, std::int64_t seen, float scale) {
  float* tile = p + tiled_rows(count) * stride;
  for (std::int64_t r = 0; r < count; r += kSoftmaxRows)
    softmax_tile(p + r * stride, stride, broadcast(static_cast<float>(seen)), seen, scale, tile);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
