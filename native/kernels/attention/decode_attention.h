// Attention of a few queries to the same keys and values, as in a step of decoding with the beams of a sentence. All
// heads are computed together, so that memory is read row by row. The order of sums is that of scores.h and
// weighted_sum.h.
#pragma once
#include "kernels/attention/key_value_gather.h"
#include "kernels/partition.h"
#include "kernels/product/dot_tile.h"
#include "kernels/product/small_product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The number of queries whose sums are in registers at a time, and the number of vectors of values that they meet.
constexpr int kFewRows = kLanes == 16 ? 4 : 1;
constexpr int kValueVectors = kLanes == 16 ? 4 : 8;

// The heads of a group that a thread computes, and the width of a head.
struct Heads {
  Range range;
  std::int64_t d_head;
};

// The number of columns that are multiplied together: whole pairs of vectors, and all 16 lanes.
constexpr std::int64_t kColumnRun = kLanes == 16 ? 32 : 16;

// scores [m, stride] ← q [m, d_head] · the columns of some keys that begin at `column`. `width` is d_head if that is
// known at compile time, and otherwise 0.
template <int m, int keys, int width, class T>
inline void score_few(float* scores, std::int64_t stride, const float* q, std::int64_t q_stride, const T* const* rows,
                      std::int64_t column, std::int64_t d_head) {
  Lanes sums[m][keys] = {};
  if (width) d_head = width;
  std::int64_t i = 0;
  GLASSFORMER_UNROLL
  for (; i + kColumnRun <= d_head; i += kColumnRun) {
    GLASSFORMER_UNROLL
    for (int v = 0; v < kColumnRun / kLanes; v += 2) {
      Vec a[m][2];
      GLASSFORMER_UNROLL
      for (int r = 0; r < m; r++) load_row(q + r * q_stride + i + v * kLanes, a[r], Whole{});
      GLASSFORMER_UNROLL_TILE
      for (int c = 0; c < keys; c++) {
        Vec key[2];
        load_row(rows[c] + column + i + v * kLanes, key, Whole{});
        GLASSFORMER_UNROLL
        for (int r = 0; r < m; r++)
          for (int half = 0; half < 2; half++) {
            Vec& sum = sums[r][c].part[(v + half) % kParts];
            sum = fma(a[r][half], key[half], sum);
          }
      }
    }
  }
  for_lanes(d_head - i, [&](std::int64_t rest, int part, auto n) {
    GLASSFORMER_UNROLL_TILE
    for (int c = 0; c < keys; c++) {
      const Vec key = load(rows[c] + column + i + rest, n);
      GLASSFORMER_UNROLL
      for (int r = 0; r < m; r++) sums[r][c].part[part] = fma(load(q + r * q_stride + i + rest, n), key, sums[r][c].part[part]);
    }
  });
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++) store_sums(scores + r * stride, sums[r]);
}

// scores [m, stride] ← q [m, d_head] · rows of keys that these queries share. The spare rows after them are scored too,
// because storing part of a vector takes longer. Inlined, other code would leave too few registers for the addresses.
template <int m, int width, class T>
__attribute__((noinline)) void score_rows(float* scores, std::int64_t stride, const float* q, std::int64_t q_stride,
                                          const T* const* rows, std::int64_t count, std::int64_t column, std::int64_t d_head) {
  const auto tile = [&](auto keys, std::int64_t c) {
    score_few<m, keys(), width>(scores + c, stride, q, q_stride, rows + c, column, d_head);
  };
  std::int64_t c = 0;
  // A single query has registers for the sums of more keys.
  if constexpr (m == 1 && kLanes == 16) {
    for (; count - c > 12; c += 16) tile(Constant<16>{}, c);
    if (count - c > 4) {
      tile(Constant<8>{}, c);
      c += 8;
    }
  }
  for (; c < count; c += kTileColumns) tile(Constant<kTileColumns>{}, c);
}

// Calls use(number of queries, first query, begin and end of rows). Queries are grouped for the rows that they share.
template <class T, class Use>
inline void for_queries(const SeenRows<T>& rows, std::int64_t queries, Use use) {
  const bool differ = rows.shared < rows.count;
  std::int64_t together = 0;
  if (kFewRows > 1 && (rows.shared > 0 || !differ))
    for (; together + kFewRows <= queries; together += kFewRows) use(Constant<kFewRows>{}, together, 0, rows.shared);
  for (std::int64_t r = differ ? 0 : together; r < queries; r++) use(Constant<1>{}, r, r < together ? rows.shared : 0, rows.count);
}

// Calls use(Constant<d_head>) for a common width of heads, for which rows are read without a loop, and otherwise
// use(Constant<0>).
template <class Use>
inline void for_width(std::int64_t d_head, Use use) {
  if (d_head == 32) use(Constant<32>{});
  else if (d_head == 64) use(Constant<64>{});
  else use(Constant<0>{});
}

// The stride of scores of `keys` keys, with room for spare keys.
inline std::int64_t scores_stride(std::int64_t keys) { return scratch_stride(keys + kSpareRows); }

// scores [heads · queries, stride] ← q [queries, all heads] · keysᵀ
template <class T>
void group_scores(float* scores, std::int64_t stride, const float* q, std::int64_t q_stride, const KeyValueGather& gather,
                  const Heads& heads) {
  const Group& group = gather.group;
  SeenRows<T> rows;
  PrefetchedRows<T> prefetched;
  for (std::int64_t b = 0; b < row_blocks(gather, group); b++) {
    find_block(rows, gather, b);
    find_prefetched(prefetched, gather, b);
    for (std::int64_t head = heads.range.begin; head < heads.range.end; head++) {
      const std::int64_t column = head * heads.d_head;
      float* to = scores + (head - heads.range.begin) * group.queries * stride + b * kRowBlock;
      prefetch_rows(prefetched, column, column + heads.d_head);
      const auto score = [&](auto m, std::int64_t r, std::int64_t begin, std::int64_t end) {
        for_width(heads.d_head, [&](auto width) {
          score_rows<m(), width()>(to + r * stride + begin, stride, q + r * q_stride + column, q_stride, rows.seen_by(r) + begin,
                                   end - begin, column, heads.d_head);
        });
      };
      for_queries(rows, group.queries, score);
    }
  }
}

// The number of columns of values that a single query meets at a time: so many that no sum waits for itself.
constexpr std::int64_t kValueColumns = kValueVectors * kLanes;

// z [kValueColumns] ← p [heads, count] · columns of values, for one head or for two neighboring ones, whose weights are
// `p_step` floats apart. Not inlined, for the reason given at score_rows.
template <int heads, class T>
__attribute__((noinline)) void weigh_values(float* z, const float* p, std::int64_t p_step, const T* const* values, std::int64_t count,
                                            std::int64_t column) {
  Vec sums[kValueVectors] = {};
  for (std::int64_t j = 0; j < count; j++) {
    Vec factors[heads];
    GLASSFORMER_UNROLL
    for (int h = 0; h < heads; h++) factors[h] = broadcast(p[h * p_step + j]);
    GLASSFORMER_UNROLL
    for (int v = 0; v < kValueVectors; v += 2) {
      const Vec factor = factors[v * heads / kValueVectors];
      Vec value[2];
      load_apart(values[j] + column + v * kLanes, value[0], value[1]);
      sums[v] = fma(factor, value[0], sums[v]);
      sums[v + 1] = fma(factor, value[1], sums[v + 1]);
    }
  }
  GLASSFORMER_UNROLL
  for (int v = 0; v < kValueVectors; v += 2) store_apart(z + v * kLanes, sums[v], sums[v + 1], T{});
}

// z [m, d_head] ← (add ? z : 0) + p [m, count] · the columns of `count` values that begin at `column`
template <int m, class T>
void add_values(float* z, std::int64_t z_stride, const float* p, std::int64_t p_stride, const T* const* values, std::int64_t count,
                std::int64_t column, bool add, std::int64_t d_head) {
  const Small weights = {p, p_stride, 1};
  const auto columns_from = [&](std::int64_t first) { return [=](std::int64_t j) { return values[j] + first; }; };
  std::int64_t i = 0;
  for (; i + kValueColumns <= d_head; i += kValueColumns)
    if (m == 1 && !add) weigh_values<1>(z + i, p, 0, values, count, column + i);
    else small_tile<m, kValueVectors>(z + i, z_stride, weights, columns_from(column + i), count, add, Whole{});
  for (; i + kColumnRun <= d_head; i += kColumnRun)
    small_tile<m, kColumnRun / kLanes>(z + i, z_stride, weights, columns_from(column + i), count, add, Whole{});
  for_columns(d_head - i, [&](std::int64_t rest, auto n) {
    small_tile<m, 1>(z + i + rest, z_stride, weights, columns_from(column + i + rest), count, add, n);
  });
}

// z [queries, all heads] ← p [heads · queries, stride] · values
template <class T>
void group_values(float* z, std::int64_t z_stride, const float* p, std::int64_t stride, const KeyValueGather& gather, const Heads& heads) {
  const Group& group = gather.group;
  const std::int64_t first = row_blocks(gather, group);
  // Whether queries are computed one by one, and two heads fill the columns that a query meets at a time.
  const bool narrow = 2 * heads.d_head == kValueColumns && (kFewRows == 1 || group.queries < kFewRows);
  SeenRows<T> rows;
  PrefetchedRows<T> prefetched;
  // This also runs once for a group without keys, whose sum is 0.
  for (std::int64_t b = 0; b == 0 || b < first; b++) {
    // A group without keys has no blocks: block 0 belongs to the next group.
    if (b < first) find_block(rows, gather, first + b);
    else rows.count = rows.shared = 0;
    find_prefetched(prefetched, gather, first + b);
    for (std::int64_t head = heads.range.begin; head < heads.range.end;) {
      const std::int64_t together = narrow && b == 0 && head + 1 < heads.range.end ? 2 : 1;
      const std::int64_t column = head * heads.d_head;
      const float* from = p + (head - heads.range.begin) * group.queries * stride + b * kRowBlock;
      prefetch_rows(prefetched, column, column + together * heads.d_head);
      const auto add = [&](auto m, std::int64_t r, std::int64_t begin, std::int64_t end) {
        float* to = z + r * z_stride + column;
        const float* weights = from + r * stride + begin;
        const T* const* values = rows.seen_by(r) + begin;
        const bool adds = b > 0 || begin > 0;
        if (together == 2) weigh_values<2>(to, weights, group.queries * stride, values, end - begin, column);
        else add_values<m()>(to, z_stride, weights, stride, values, end - begin, column, adds, heads.d_head);
      };
      for_queries(rows, group.queries, add);
      head += together;
    }
  }
}

// The heads of queries [first, first + count) in a thread's part of the heads of all queries.
inline Range part_of_heads(const Range& mine, std::int64_t first, std::int64_t count, std::int64_t heads) {
  const auto head_from = [&](std::int64_t unit) { return unit <= first ? 0 : smaller((unit - first + count - 1) / count, heads); };
  return {head_from(mine.begin), head_from(mine.end)};
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
