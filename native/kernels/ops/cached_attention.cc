// cachedAttention: attention of query rows to rows of a cache, which a table lists. Rows whose pasts begin with the
// same cache rows, as those of a sentence's beams, are computed together.
#include "generated/operands.h"
#include "kernels/attention/decode_attention.h"
#include "kernels/attention/distances.h"
#include "kernels/attention/key_value_gather.h"
#include "kernels/attention/softmax_tile.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The numbers of each distance for query r of a group, with a row for each head. They follow all scores in memory.
Distances distances_of(const Matrix& table, float* numbers, std::int64_t r, std::int64_t heads) {
  const std::int64_t rows = clip_of(table) + 1;
  const std::int64_t stride = scratch_stride(rows);
  return {table, rows, numbers + r * heads * stride, stride};
}

// weights ← scores [heads · queries, stride], in place. `numbers` is memory for the numbers of distances.
void cached_weights(const CachedAttentionArgs& args, std::int64_t row, const Group& group, const Heads& heads, float* scores, std::int64_t stride,
                    float* numbers) {
  // The query is at the end of its past, so that no key follows it.
  const std::int64_t query = group.length - 1;
  const std::int64_t head_count = heads.range.length();
  const auto each_row = [&](auto use) {
    for (std::int64_t r = 0; r < group.queries; r++)
      for (std::int64_t head = 0; head < head_count; head++) use(r, head, scores + (head * group.queries + r) * stride);
  };
  each_row([&](std::int64_t r, std::int64_t head, float* p) {
    const Distances relative_keys = distances_of(args.relative_keys, numbers, r, head_count);
    if (head == 0)
      multiply_distances(relative_keys, head_count, row_of(args.q, row + r) + heads.range.begin * heads.d_head, heads.d_head);
    add_by_distance(relative_keys, head, query, group.length, p);
  });
  if (args.distance_bias.floats) {
    float* bias = numbers + group.queries * head_count * scratch_stride(args.relative_keys.rows);
    for (std::int64_t head = 0; head < head_count; head++) {
      gather_bias(args.distance_bias, heads.range.begin + head, query, query, group.length, bias);
      for (std::int64_t r = 0; r < group.queries; r++)
        add_numbers(bias, clip_of(args.distance_bias), query, group.length, scores + (head * group.queries + r) * stride);
    }
  }
  softmax_rows(scores, stride, head_count * group.queries, group.length, static_cast<float>(args.scale));
  each_row([&](std::int64_t r, std::int64_t head, const float* p) {
    sum_by_distance(distances_of(args.relative_values, numbers, r, head_count), head, query, group.length, p);
  });
}

// Attention of some heads of the rows of a group, beginning with row `row`. `pair` is the row of the weights where that
// row's span begins.
template <class T>
void cached_group(const CachedAttentionArgs& args, std::int64_t row, std::int64_t pair, const KeyValueGather& gather, const Heads& heads, float* scores) {
  const Matrix& q = args.q;
  const Matrix& z = args.attended;
  const Matrix& weights = args.weights;
  const Group& group = gather.group;
  const std::int64_t stride = scores_stride(group.length);
  const std::int64_t head_count = heads.range.length();
  // The numbers follow the scores and the two tiles of their softmax.
  float* numbers = scores + (tiled_rows(head_count * group.queries) + 2 * kSoftmaxRows) * stride;
  group_scores<T>(scores, stride, row_of(q, row), q.stride, gather, heads);
  cached_weights(args, row, group, heads, scores, stride, numbers);
  if (weights.floats)
    for (std::int64_t head = 0; head < head_count; head++)
      for (std::int64_t r = 0; r < group.queries; r++)
        for (std::int64_t j = 0; j < group.length; j++)
          row_of(weights, pair + r * group.length + j)[heads.range.begin + head] = scores[(head * group.queries + r) * stride + j];
  group_values<T>(row_of(z, row), z.stride, scores, stride, gather, heads);
  for (std::int64_t r = 0; r < group.queries; r++)
    add_distance_rows(distances_of(args.relative_values, numbers, r, head_count), head_count,
                      row_of(z, row + r) + heads.range.begin * heads.d_head, heads.d_head);
}

// The rows from `row` on whose pasts have the same length and the same first row; none after the last row.
Group cached_group_at(const CachedAttentionArgs& args, std::int64_t row) {
  const Matrix& ancestors = args.ancestors;
  const Matrix& spans = args.spans;
  Group group = {0, 0, 0, ancestors.stride, {}};
  for (; row < spans.rows && group.queries < kGroupQueries; row++) {
    const Range span = span_of(spans, row);
    const std::int32_t* own = ancestors.integers + span.begin * ancestors.stride;
    if (group.queries > 0 && (span.length() == 0 || span.length() != group.length || own[0] != group.ancestors[0][0])) break;
    group.length = span.length();
    group.ancestors[group.queries++] = own;
  }
  return group;
}

// Threads share the heads of all rows, as one sequence.
template <class T>
void attend_pasts(const CachedAttentionArgs& args, const Partition& partition) {
  const Matrix& spans = args.spans;
  const std::int64_t heads = args.heads;
  const Range mine = part_of(spans.rows * heads, 1, partition);
  std::int64_t pair = 0;
  Group group = cached_group_at(args, 0);
  for (std::int64_t row = 0; row < spans.rows;) {
    const std::int64_t end = row + group.queries;
    const Group next = cached_group_at(args, end);
    const Range range = part_of_heads(mine, row * heads, group.queries, heads);
    if (range.begin < range.end) {
      const KeyValueGather gather = {args.from_memory, args.k, args.v, group, end * heads < mine.end ? &next : nullptr};
      cached_group<T>(args, row, pair, gather, {range, args.attended.width / heads}, partition.scratch);
    }
    pair += group.queries * group.length;
    row = end;
    group = next;
  }
}

}  // namespace

void cached_attention(const CachedAttentionArgs& args, const Partition& partition) {
  if (args.k.halves) attend_pasts<Bfloat16>(args, partition);
  else attend_pasts<float>(args, partition);
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
