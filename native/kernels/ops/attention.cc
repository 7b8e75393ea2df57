// attention: one block of query rows after the other. Scores lie in scratch memory, which never holds the whole matrix.
#include "generated/operands.h"
#include "kernels/attention/decode_attention.h"
#include "kernels/attention/distances.h"
#include "kernels/attention/key_value_gather.h"
#include "kernels/attention/places.h"
#include "kernels/attention/scores.h"
#include "kernels/attention/softmax_tile.h"
#include "kernels/attention/weighted_sum.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/random.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// One block of attention: query rows [first, first + count) of sentence b, one head.
struct AttentionBlock {
  std::int64_t query_row;  // of q and z
  std::int64_t query;      // inside the sentence
  std::int64_t count;
  std::int64_t keys;
  std::int64_t column;  // where the head begins
  std::int64_t head;
  std::int64_t pair;  // row of the weights where the sentence begins
  Places places;

  // The key at which query r of the block stands, and the number of keys that it sees.
  std::int64_t place(std::int64_t r) const { return places.of(query + r); }
  std::int64_t seen_by(std::int64_t r) const { return places.seen(query + r, keys); }
};

void write_weights(const Matrix& weights, const AttentionBlock& block, std::int64_t r, const float* p,
                   std::int64_t seen) {
  float* to = row_of(weights, block.pair + (block.query + r) * block.keys) + block.head;
  for (std::int64_t j = 0; j < block.keys; j++) to[j * weights.stride] = j < seen ? p[j] : 0;
}

// p [count, stride] ← weights of all keys; `tile` has room for kSoftmaxRows rows. Rows behind the last row are computed and ignored.
void softmax_block(const AttentionArgs& args, const AttentionBlock& block, float* p, std::int64_t stride, float* tile) {
  Vec seen = broadcast(static_cast<float>(block.keys));
  for (std::int64_t r = 0; r < block.count; r += kSoftmaxRows) {
    if (block.places.causal)
      for (int lane = 0; lane < kLanes; lane++) seen[lane] = static_cast<float>(block.seen_by(r + lane / 4));
    const std::int64_t most = block.seen_by(r + kSoftmaxRows - 1);
    softmax_tiles<1>(p + r * stride, stride, seen, most, static_cast<float>(args.scale), tile);
  }
}

// p [count, stride] ← p, dropped
void drop_block(const AttentionArgs& args, const AttentionBlock& block, float* p, std::int64_t stride) {
  if (args.dropout == 0) return;
  const Drop drop = drop_of(args.dropout);
  const std::int64_t heads = args.heads;
  for (std::int64_t r = 0; r < block.count; r++) {
    const std::uint32_t key = row_key(integer_at(args.seed, 0), args.site, (block.query_row + r) * heads + block.head);
    drop_row(p + r * stride, block.seen_by(r), key, drop);
  }
}

// The keys and values of one head of a sentence: rows of the matrices, or copies of them.
struct HeadRows {
  const float* k;
  std::int64_t k_stride;
  const float* v;
  std::int64_t v_stride;
};

// The places of a block's arrays in the scratch memory; behind them is room for the copies of a head.
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

void attend_block(const AttentionArgs& args, const AttentionBlock& block, const HeadRows& rows, std::int64_t d_head, float* scores) {
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

// One sentence: its rows of q and z, and of k and v.
struct Attended {
  Range queries;
  Range keys;
  Places places;
};

inline Attended attended_at(const AttentionArgs& args, std::int64_t b) {
  return {span_of(args.queries, b), span_of(args.keys, b), places_of(args, b)};
}

// Whether all heads go together, which reads memory in its order. With more queries, panels of keys are faster. Keys in bfloat16 always go
// this way.
bool go_together(const AttentionArgs& args, const Attended& sentence) {
  if (args.k.halves) return true;
  const bool drops = args.dropout != 0;
  return sentence.queries.length() <= kGroupQueries && !args.causal && !drops && !args.relative_keys.floats &&
         !args.distance_bias.floats && !args.weights.floats;
}

// The first queries of a sentence, as many as go together.
inline Group group_of(const Attended& sentence) {
  return {smaller(kGroupQueries, sentence.queries.length()), sentence.keys.length(),
          sentence.keys.begin, 0, {}};
}

// Attention of some heads of a sentence of a few queries; `next` may be null.
template <class T>
void attend_few(const AttentionArgs& args, const Attended& sentence, const Attended* next, const Heads& heads, float* scores) {
  const Matrix& q = args.q;
  const Matrix& z = args.attended;
  const Group group = group_of(sentence);
  const Group next_group = next ? group_of(*next) : Group{};
  const KeyValueGather gather = {args.from_memory, args.k, args.v, group, next ? &next_group : nullptr};
  const std::int64_t stride = scores_stride(group.length);
  group_scores<T>(scores, stride, row_of(q, sentence.queries.begin), q.stride, gather, heads);
  softmax_rows(scores, stride, (heads.range.length()) * group.queries, group.length,
               static_cast<float>(args.scale));
  group_values<T>(row_of(z, sentence.queries.begin), z.stride, scores, stride, gather, heads);
}

// Attention of any number of queries, group by group.
template <class T>
void attend_groups(const AttentionArgs& args, const Attended& sentence, const Attended* next, const Heads& heads, float* scores) {
  const std::int64_t end = sentence.queries.end;
  for (std::int64_t first = sentence.queries.begin; first < end; first += kGroupQueries) {
    const Attended group = {{first, smaller(first + kGroupQueries, end)}, sentence.keys, sentence.places};
    attend_few<T>(args, group, group.queries.end == end ? next : nullptr, heads, scores);
  }
}

void copy_rows(float* to, std::int64_t to_stride, const float* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t r = 0; r < rows; r++)
    for_columns(columns, [&](std::int64_t i, auto n) { store(to + r * to_stride + i, load(from + r * from_stride + i, n), n); });
}

HeadRows rows_of_head(const AttentionArgs& args, const Attended& sentence, std::int64_t column, std::int64_t d_head, float* scratch) {
  const Matrix& k = args.k;
  const Matrix& v = args.v;
  const std::int64_t keys = sentence.keys.length();
  const HeadRows rows = {row_of(k, sentence.keys.begin) + column, k.stride, row_of(v, sentence.keys.begin) + column, v.stride};
  if (copied_floats(sentence.queries.length(), keys, d_head) == 0) return rows;
  const std::int64_t stride = scratch_stride(d_head);
  float* k_copy = scratch + block_scratch(args, keys, d_head).end;
  float* v_copy = k_copy + keys * stride;
  copy_rows(k_copy, stride, rows.k, rows.k_stride, keys, d_head);
  copy_rows(v_copy, stride, rows.v, rows.v_stride, keys, d_head);
  return {k_copy, stride, v_copy, stride};
}

// Attention of some heads of a sentence, head by head and block by block; `pair` is the row of the weights where the sentence begins.
void attend_blocks(const AttentionArgs& args, const Attended& sentence, const Heads& heads, std::int64_t pair, float* scratch) {
  const std::int64_t count = sentence.queries.length();
  for (std::int64_t head = heads.range.begin; head < heads.range.end; head++) {
    const HeadRows rows = rows_of_head(args, sentence, head * heads.d_head, heads.d_head, scratch);
    for (std::int64_t first = 0; first < count; first += kQueryBlock) {
      const AttentionBlock block = {sentence.queries.begin + first, first, smaller(kQueryBlock, count - first),
                                    sentence.keys.length(), head * heads.d_head, head, pair, sentence.places};
      attend_block(args, block, rows, heads.d_head, scratch);
    }
  }
}

}  // namespace

// Threads share the heads of all queries, in one sequence.
void attention(const AttentionArgs& args, const Partition& partition) {
  const std::int64_t sentences = args.queries.rows;
  const std::int64_t heads = args.heads;
  const std::int64_t d_head = args.attended.width / heads;
  const Range mine = part_of(args.q.rows * heads, 1, partition);
  const auto attend_together = args.k.halves ? attend_groups<Bfloat16> : attend_groups<float>;
  std::int64_t pair = 0;
  for (std::int64_t b = 0; b < sentences; b++) {
    const Attended sentence = attended_at(args, b);
    const std::int64_t count = sentence.queries.length();
    if (count == 0) continue;
    const Range range = part_of_heads(mine, sentence.queries.begin * heads, count, heads);
    if (range.begin < range.end) {
      const Attended next = b + 1 < sentences ? attended_at(args, b + 1) : sentence;
      const bool goes_on = b + 1 < sentences && sentence.queries.end * heads < mine.end && go_together(args, next);
      if (go_together(args, sentence)) attend_together(args, sentence, goes_on ? &next : nullptr, {range, d_head}, partition.scratch);
      else attend_blocks(args, sentence, {range, d_head}, pair, partition.scratch);
    }
    pair += count * (sentence.keys.length());
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
