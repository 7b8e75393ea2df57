// Attention of one block of a sentence's queries in one head. Scratch memory holds the block's scores [queries, keys],
// never those of a whole sentence.
#pragma once
#include "generated/operands.h"
#include "kernels/attention/distances.h"
#include "kernels/attention/places.h"
#include "kernels/attention/scores.h"
#include "kernels/attention/softmax_tile.h"
#include "kernels/attention/weighted_sum.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/random.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// A block of attention: some queries of a sentence, in one head.
struct AttentionBlock {
  std::int64_t query_row;  // the first row of q and z
  std::int64_t query;  // the number of the first query in its sentence
  std::int64_t count;
  std::int64_t keys;
  std::int64_t column;  // the head's first column
  std::int64_t head;
  std::int64_t pair;  // the sentence's first row of the weights
  Places places;

  // The place of query r of the block among the keys, and the number of keys that it sees.
  std::int64_t place(std::int64_t r) const { return places.of(query + r); }
  std::int64_t seen_by(std::int64_t r) const { return places.seen(query + r, keys); }
};

inline void write_weights(const Matrix& weights, const AttentionBlock& block, std::int64_t r, const float* p,
                   std::int64_t seen) {
  float* to = row_of(weights, block.pair + (block.query + r) * block.keys) + block.head;
  for (std::int64_t j = 0; j < block.keys; j++) to[j * weights.stride] = j < seen ? p[j] : 0;
}

// p [count, stride] ← the weights of all keys. `tile` has room for kSoftmaxRows rows. Rows after the last one are
// computed and ignored.
inline void softmax_block(const AttentionArgs& args, const AttentionBlock& block, float* p, std::int64_t stride, float* tile) {
  Vec seen = broadcast(static_cast<float>(block.keys));
  for (std::int64_t r = 0; r < block.count; r += kSoftmaxRows) {
    if (block.places.causal)
      for (int lane = 0; lane < kLanes; lane++) seen[lane] = static_cast<float>(block.seen_by(r + lane / 4));
    const std::int64_t most = block.seen_by(r + kSoftmaxRows - 1);
    softmax_tiles<1>(p + r * stride, stride, seen, most, static_cast<float>(args.scale), tile);
  }
}

// p [count, stride] ← p after dropout
inline void drop_block(const AttentionArgs& args, const AttentionBlock& block, float* p, std::int64_t stride) {
  if (args.dropout == 0) return;
  const Drop drop = drop_of(args.dropout);
  const std::int64_t heads = args.heads;
  for (std::int64_t r = 0; r < block.count; r++) {
    const std::uint32_t key = row_key(integer_at(args.seed, 0), args.site, (block.query_row + r) * heads + block.head);
    drop_row(p + r * stride, block.seen_by(r), key, drop);
  }
}

// The keys and values of one head of a sentence: in the operands, or copies of them.
struct HeadRows {
  const float* k;
  std::int64_t k_stride;
  const float* v;
  std::int64_t v_stride;
};

// The places of a block's arrays in scratch memory. Copies of a head's keys and values begin at `end`.
struct BlockScratch {
  std::int64_t stride, tile, panel, by_distance, bias, end;
};
inline BlockScratch block_scratch(const AttentionArgs& args, std::int64_t keys, std::int64_t d_head) {
  BlockScratch at = {};
  at.stride = scratch_stride(keys);
  at.tile = kQueryBlock * at.stride;
  at.panel = at.tile + kSoftmaxRows * at.stride;
  at.by_distance = at.panel + kPanelKeys * d_head;
  at.bias = at.by_distance + kQueryBlock * scratch_stride(args.relative_keys.rows);
  at.end = at.bias + scratch_stride(args.distance_bias.rows);
  return at;
}

inline void attend_block(const AttentionArgs& args, const AttentionBlock& block, const HeadRows& rows, std::int64_t d_head, float* scores) {
  const Matrix& q = args.q;
  const Matrix& z = args.attended;
  const Matrix& weights = args.weights;
  const BlockScratch at = block_scratch(args, block.keys, d_head);
  const std::int64_t stride = at.stride;
  const float* queries = row_of(q, block.query_row) + block.column;
  const std::int64_t distances = args.relative_keys.rows;
  float* by_distance = scores + at.by_distance;
  const Distances relative_keys = {args.relative_keys, distances, by_distance, scratch_stride(distances)};
  const Distances relative_values = {args.relative_values, distances, by_distance, scratch_stride(distances)};
  float* bias = scores + at.bias;
  const auto each_row = [&](auto use) {
    for (std::int64_t r = 0; r < block.count; r++) use(r, block.seen_by(r), scores + r * stride);
  };
  score(scores, stride, {queries, q.stride, block.count, rows.k, rows.k_stride, block.seen_by(block.count - 1), d_head}, scores + at.panel);
  if (distances > 0) {
    multiply_distances(relative_keys, block.count, queries, q.stride);
    each_row([&](std::int64_t r, std::int64_t seen, float* p) { add_by_distance(relative_keys, r, block.place(r), seen, p); });
  }
  if (args.distance_bias.floats) {
    gather_bias(args.distance_bias, block.head, block.place(0), block.place(block.count - 1), block.seen_by(block.count - 1), bias);
    each_row([&](std::int64_t r, std::int64_t seen, float* p) { add_numbers(bias, clip_of(args.distance_bias), block.place(r), seen, p); });
  }
  softmax_block(args, block, scores, stride, scores + at.tile);
  drop_block(args, block, scores, stride);
  if (distances > 0)
    each_row([&](std::int64_t r, std::int64_t seen, float* p) { sum_by_distance(relative_values, r, block.place(r), seen, p); });
  if (weights.floats)
    each_row([&](std::int64_t r, std::int64_t seen, float* p) { write_weights(weights, block, r, p, seen); });
  float* out = row_of(z, block.query_row) + block.column;
  for_rows<kTileRows>(block.count, [&](std::int64_t r, auto m) {
    std::int64_t seen[m()];
    for (int row = 0; row < m(); row++) seen[row] = block.seen_by(r + row);
    weighted_sum<m()>(out + r * z.stride, z.stride, scores + r * stride, stride, rows.v, rows.v_stride, seen, d_head);
  });
  add_distance_rows(relative_values, block.count, out, z.stride);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
