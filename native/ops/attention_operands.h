// Rules that the ops of attention share.
#pragma once
#include <algorithm>
#include <cstdint>

#include "core/spans.h"
#include "kernels/scratch.h"
#include "ops/integers.h"
#include "ops/shapes.h"

namespace glassformer {

// The rules of q, k, v, the output, and the weights if they are traced.
template <class Shapes>
void expect_attended(const Shapes& s) {
  const std::int64_t width = s.attended.width;
  expect(same_shape(s.q, s.attended), "q and output differ in shape");
  expect(s.k.width == width && s.v.width == width, "q, k and v differ in width");
  expect(same_rows(s.k, s.v), "k and v differ in rows");
  expect(s.k.dtype == s.v.dtype, "k and v differ in dtype");
  expect(width % s.heads == 0, "the width cannot be cut into heads");
  expect(s.weights.given == s.traced, "weights are an output if and only if they are asked for");
  expect(!s.traced || s.weights.width == s.heads, "weights must have a column for each head");
}

// The tables of relative keys and values, [2 clip + 1, head width]: both or neither.
inline void expect_distances(const Shape& keys, const Shape& values, std::int64_t head) {
  expect(keys.given == values.given, "relative keys and relative values go together");
  if (!keys.given) return;
  expect(keys.symbol < 0 && keys.rows % 2 == 1, "relative keys must have 2 clip + 1 rows");
  expect(keys.rows <= kMostDistances, "relative keys have too many rows");
  expect(keys.width == head && same_shape(keys, values), "relative keys and values must have the width of one head");
}

// The bias for each distance and head, [2 clip + 1, heads], which may be left out.
inline void expect_distance_bias(const Shape& bias, std::int64_t heads) {
  if (!bias.given) return;
  expect(bias.symbol < 0 && bias.rows % 2 == 1, "a bias by distance must have 2 clip + 1 rows");
  expect(bias.rows <= kMostDistances, "a bias by distance has too many rows");
  expect(bias.width == heads, "a bias by distance must have a column for each head");
}

inline void expect_sentences(const Shape& queries, const Shape& keys) {
  expect(queries.width == 2 && keys.width == 2, "queries and keys must be [begin, end) pairs");
  expect(same_rows(queries, keys), "queries and keys differ in rows");
}

// The largest place of a query: no sentence has so many keys.
constexpr std::int64_t kMostKeys = std::int64_t{1} << 30;

// The place of each sentence's first query among the keys, which may be left out.
inline void expect_places(const Shape& at, const Shape& queries) {
  expect(!at.given || is_column(at, queries), "at must be one column with the rows of queries");
}

template <class Args>
void check_sentences(const Args& args) {
  expect_spans("queries", args.queries, args.q.rows);
  expect_spans("keys", args.keys, args.k.rows);
  expect_tiling(args.queries, args.q.rows);
  expect_all_in_range("at", args.at, -1, kMostKeys);
}

// The operands of attention to keys and side keys.
template <class Shapes>
void expect_sides(const Shapes& s) {
  expect(s.k.width == s.q.width && same_shape(s.k, s.v), "k and v must have one shape, and the width of q");
  expect(s.q.width % s.heads == 0, "the width cannot be cut into heads");
  expect(s.side_k.width == s.q.width && same_shape(s.side_k, s.side_v), "sideK and sideV must have one shape, and the width of q");
  expect_sentences(s.queries, s.keys);
  expect_sentences(s.queries, s.side_keys);
  expect_places(s.at, s.queries);
  expect_places(s.side_at, s.queries);
  expect_seed(s.dropout, s.seed);
  expect_distance_bias(s.distance_bias, s.heads);
  expect_distance_bias(s.side_bias, s.heads);
  expect(!s.side_bias.given || s.distance_bias.given, "a bias of side keys needs one of keys");
}

template <class Args>
void check_sides(const Args& args) {
  check_sentences(args);
  expect_spans("sideKeys", args.side_keys, args.side_k.rows);
  expect_all_in_range("sideAt", args.side_at, -1, kMostKeys);
}

// No two spans of keys overlap.
inline void expect_disjoint(const Matrix& keys) {
  for (std::int64_t b = 1; b < keys.rows; b++)
    if (begin_of(keys, b) < end_of(keys, b - 1)) refuse("keys at row " + text(b) + " overlap those before");
}

// The query-key pairs, Σ queries · keys over the sentences. Queries tile fewer than 2^31 rows and no span of keys is
// longer, so that the sum is below 2^62.
inline std::int64_t attention_pairs(const Matrix& queries, const Matrix& keys) {
  std::int64_t pairs = 0;
  for (std::int64_t b = 0; b < queries.rows; b++) pairs += length_of(queries, b) * length_of(keys, b);
  return pairs;
}

inline void check_pairs(const Matrix& weights, std::int64_t pairs) {
  if (weights.width && weights.rows != pairs) refuse("P is " + text(weights.rows) + ", there are " + text(pairs) + " pairs");
}

// The rows of scores of a group of queries, in all heads.
inline std::int64_t group_rows(std::int64_t heads) { return kGroupQueries * heads; }
// The floats of a row of scores. A few queries score four keys at a time, starting at any key.
inline std::int64_t score_row(const Matrix& keys) { return scratch_stride(longest(keys) + kMostSpareKeys); }

// Nanoseconds: keys and values are read once, and each pair is computed.
inline double attention_work(const Matrix& q, const Matrix& queries, const Matrix& keys) {
  const double pairs = static_cast<double>(attention_pairs(queries, keys));
  return std::max(0.1 * pairs, 0.6 * static_cast<double>(total_length(keys))) * static_cast<double>(q.width);
}

}  // namespace glassformer
