// The gradients of attention in one head of a sentence, for a block of queries at a time. The softmax is computed
// again. With s_j = scale · (q · k_j + bias_j), p = softmax(s) and the dropout mask m, the output z = Σ p_j m_j v_j has
// these derivatives:
//   dv_j += p_j m_j dz               v_j enters z with the weight p_j m_j
//   dp_j = m_j dz · v_j              and p_j with m_j v_j
//   ds_j = p_j (dp_j − Σ p dp)       through the softmax
//   dq += scale · ds_j k_j           the factors of the product q · k_j
//   dk_j += scale · ds_j q
//   dBias_j += scale · ds_j
// Relative keys and values enter as k_j + aᴷ and v_j + aⱽ, so that they get the gradients of k_j and v_j.
#pragma once
#include "generated/operands.h"
#include "kernels/attention/bias_sums.h"
#include "kernels/attention/distances.h"
#include "kernels/attention/head_rows.h"
#include "kernels/attention/places.h"
#include "kernels/attention/short_row.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/product/small_product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "kernels/vector/random.h"
#include "kernels/vector/reductions.h"
#include "kernels/vector/rows.h"
#include "kernels/vector/softmax_row_gradient.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// One sentence and head. Its query rows are rows of q and dz, its key rows are rows of k, v, dk and dv.
struct Sentence {
  std::int64_t number;
  std::int64_t query_row;
  std::int64_t queries;
  std::int64_t key_row;
  std::int64_t keys;
  std::int64_t head;
  std::int64_t d_head;
  Places places;
};

// p [seen] ← softmax of scores · scale
inline void softmax_scores(float* p, std::int64_t seen, float scale) {
  // Scores are scaled before the highest is found, because a scale may be negative.
  scale_row(p, p, seen, scale);
  const float total = exponentials(p, p, seen, row_max(p, seen));
  scale_row(p, p, seen, 1 / total);
}

// p, d [keys] ← 0, for a query that sees no key
inline void clear_scores(float* p, float* d, std::int64_t keys) {
  clear_row(p, keys);
  clear_row(d, keys);
}

// The gradients of a query that sees the first `seen` keys. On entry p has its scores and d has dz · v,
// [scratch_stride(keys)] each. On return p has the weights of values and d the gradients of the scores; both are 0 for
// keys that are not seen. `drop` may be null.
inline void score_gradients(float* p, float* d, std::int64_t seen, std::int64_t keys, float scale, const Drop* drop,
                     std::uint32_t key) {
  if (keys <= kShortRow / 2) return short_gradients<kHalfRow>(p, d, seen, scale, drop, key);
  if (keys <= kShortRow) return short_gradients<kWholeRow>(p, d, seen, scale, drop, key);
  softmax_scores(p, seen, scale);
  if (drop) drop_row(d, seen, key, *drop);
  softmax_row_gradient(d, p, d, seen, scale);
  if (drop) drop_row(p, seen, key, *drop);
  for (std::int64_t j = seen; j < keys; j++) p[j] = d[j] = 0;
}

// Transposed keys and values of a sentence, [d_head, scratch_stride(keys)], and memory for two blocks of scores and for
// a bias by distance.
struct Transposed {
  float* keys;
  float* values;
  float* scores;
  float* bias;
};

inline Transposed transposed_sentence(const AttentionGradientArgs& args, const Sentence& s, float* scratch) {
  const Matrix &k = args.k, &v = args.v;
  const std::int64_t stride = scratch_stride(s.keys);
  float* scores = scratch + 2 * s.d_head * stride;
  const Transposed t = {scratch, scratch + s.d_head * stride, scores, scores + 2 * kQueryBlock * stride};
  transpose_rows(t.keys, stride, head_rows(k, s.key_row, s.head * s.d_head), k.stride, s.keys, s.d_head);
  transpose_rows(t.values, stride, head_rows(v, s.key_row, s.head * s.d_head), v.stride, s.keys, s.d_head);
  return t;
}

// Numbers for each distance, of one head and the query rows from `row` on, in the common memory [2, rows of q, heads,
// distances]. dRelativeKeys and dRelativeValues are sums over them.
struct Distant {
  Distances keys;    // gradients of scores
  Distances values;  // weights
};

inline Distant distant_rows(const AttentionGradientArgs& args, std::int64_t row, std::int64_t head, float* common) {
  const std::int64_t distances = args.relative_keys.rows;
  const std::int64_t stride = args.heads * distances;
  float* keys = common + row * stride + head * distances;
  return {{args.relative_keys, distances, keys, stride}, {args.relative_values, distances, keys + args.q.rows * stride, stride}};
}

// The gradients of the scores by distance. They follow the numbers of queries in common memory.
inline BiasSums bias_sums(const AttentionGradientArgs& args, float* common) {
  const std::int64_t of_queries = 2 * args.q.rows * args.heads * args.relative_keys.rows;
  return {common + of_queries, args.queries.rows, args.heads, args.distance_bias.rows};
}

// A block of query rows [row, row + count) of q and dz, the first of which is query `first` of its sentence. They see
// no key from `seen` on, and the queries before them see none from `seen_before` on.
struct QueryBlock {
  std::int64_t row;
  std::int64_t first;
  std::int64_t count;
  std::int64_t seen_before;
  std::int64_t seen;
};

inline QueryBlock block_at(const Sentence& s, std::int64_t first) {
  const std::int64_t count = smaller(kQueryBlock, s.queries - first);
  const std::int64_t before = first > 0 ? s.places.seen(first - 1, s.keys) : 0;
  return {s.query_row + first, first, count, before, s.places.seen(first + count - 1, s.keys)};
}

// p, d [count, scratch_stride(keys)] ← the weights of values, and the gradients of the scores, which are also added to
// `sums` by distance
inline void block_gradients(const AttentionGradientArgs& args, const Sentence& s, const Transposed& t, const QueryBlock& block, const Distant& distant,
                     float* sums, float* p, float* d) {
  const Matrix &q = args.q, &dz = args.dz;
  const std::int64_t column = s.head * s.d_head;
  const std::int64_t stride = scratch_stride(s.keys);
  const std::int64_t width = scratch_stride(block.seen);
  small_product(p, stride, block.count, {head_rows(q, block.row, column), q.stride, 1}, t.keys, stride, s.d_head, width, false);
  small_product(d, stride, block.count, {head_rows(dz, block.row, column), dz.stride, 1}, t.values, stride, s.d_head, width, false);
  multiply_distances(distant.keys, block.count, head_rows(q, block.row, column), q.stride);
  multiply_distances(distant.values, block.count, head_rows(dz, block.row, column), dz.stride);
  const Matrix& bias = args.distance_bias;
  if (bias.floats) gather_bias(bias, s.head, s.places.of(block.first), s.places.of(block.first + block.count - 1), block.seen, t.bias);
  const float scale = static_cast<float>(args.scale);
  const bool drops = args.dropout != 0;
  const std::int64_t heads = args.heads;
  const std::int32_t seed = drops ? integer_at(args.seed, 0) : 0;
  const Drop drop = drop_of(args.dropout);
  for (std::int64_t r = 0; r < block.count; r++) {
    const std::int64_t place = s.places.of(block.first + r);
    const std::int64_t seen = s.places.seen(block.first + r, s.keys);
    const std::uint32_t key = row_key(seed, args.site, (block.row + r) * heads + s.head);
    add_by_distance(distant.keys, r, place, seen, p + r * stride);
    add_by_distance(distant.values, r, place, seen, d + r * stride);
    if (bias.floats) add_numbers(t.bias, clip_of(bias), place, seen, p + r * stride);
    if (seen > 0) score_gradients(p + r * stride, d + r * stride, seen, block.seen, scale, drops ? &drop : nullptr, key);
    else clear_scores(p + r * stride, d + r * stride, block.seen);
    if (bias.floats) add_to_sums(sums, clip_of(bias), place, seen, d + r * stride);
    sum_by_distance(distant.keys, r, place, seen, d + r * stride);
    sum_by_distance(distant.values, r, place, seen, p + r * stride);
  }
}

// dx [seen, d_head] ← weightsᵀ · y, which is added to dx in the rows that earlier queries have seen, and written in the
// others
inline void add_key_gradients(const Matrix& dx, const Sentence& s, const QueryBlock& block, const float* weights, const float* y, std::int64_t y_stride) {
  const std::int64_t stride = scratch_stride(s.keys);
  const auto rows = [&](std::int64_t begin, std::int64_t end, bool add) {
    small_product(head_rows(dx, s.key_row + begin, s.head * s.d_head), dx.stride, end - begin, {weights + begin, 1, stride}, y, y_stride,
                  block.count, s.d_head, add);
  };
  rows(0, block.seen_before, true);
  rows(block.seen_before, block.seen, false);
}

// dq ← d · k, dk += dᵀ · q, dv += pᵀ · dz
inline void attention_gradient_block(const AttentionGradientArgs& args, const Sentence& s, const Transposed& t, const QueryBlock& block, float* common) {
  const Matrix &q = args.q, &k = args.k, &dz = args.dz;
  const Matrix& dq = args.dq;
  const std::int64_t column = s.head * s.d_head;
  const std::int64_t stride = scratch_stride(s.keys);
  float* p = t.scores;
  float* d = t.scores + block.count * stride;
  const Distant distant = distant_rows(args, block.row, s.head, common);
  block_gradients(args, s, t, block, distant, bias_sums(args, common).of(s.number, s.head), p, d);
  small_product(head_rows(dq, block.row, column), dq.stride, block.count, {d, stride, 1}, head_rows(k, s.key_row, column),
                k.stride, block.seen, s.d_head, false);
  add_distance_rows(distant.keys, block.count, head_rows(dq, block.row, column), dq.stride);
  add_key_gradients(args.dk, s, block, d, head_rows(q, block.row, column), q.stride);
  add_key_gradients(args.dv, s, block, p, head_rows(dz, block.row, column), dz.stride);
}

// Clears the rows of keys from `begin` on, which no query of the sentence sees.
inline void clear_head_rows(const Matrix& m, const Sentence& s, std::int64_t begin) {
  for (std::int64_t j = begin; j < s.keys; j++) clear_row(head_rows(m, s.key_row + j, s.head * s.d_head), s.d_head);
}

inline void attention_gradient_head(const AttentionGradientArgs& args, const Sentence& s, const Partition& partition) {
  clear_row(bias_sums(args, partition.common).of(s.number, s.head), args.distance_bias.rows);
  if (s.queries == 0) return;
  const Transposed t = transposed_sentence(args, s, partition.scratch);
  for (std::int64_t first = 0; first < s.queries; first += kQueryBlock) attention_gradient_block(args, s, t, block_at(s, first), partition.common);
  const std::int64_t seen = s.places.seen(s.queries - 1, s.keys);
  clear_head_rows(args.dk, s, seen);
  clear_head_rows(args.dv, s, seen);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
