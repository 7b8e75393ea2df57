// attention, block of queries by block of queries, or all heads together for a few queries; and attentionGradient.
#include "generated/operands.h"
#include "kernels/attention/attention_block.h"
#include "kernels/attention/bias_sums.h"
#include "kernels/attention/decode_attention.h"
#include "kernels/attention/distances.h"
#include "kernels/attention/head_gradient.h"
#include "kernels/attention/head_rows.h"
#include "kernels/attention/key_value_gather.h"
#include "kernels/attention/places.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/product/small_product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The spans of one sentence: its rows of q and z, and of k and v.
struct SentenceSpans {
  Range queries;
  Range keys;
  Places places;
};

inline SentenceSpans spans_of_sentence(const AttentionArgs& args, std::int64_t b) {
  return {span_of(args.queries, b), span_of(args.keys, b), places_of(args, b)};
}

// Whether all heads are computed together, which reads memory in its order. With more queries, panels of keys are
// faster. Keys in bfloat16 are always computed this way.
bool heads_go_together(const AttentionArgs& args, const SentenceSpans& sentence) {
  if (args.k.halves) return true;
  const bool drops = args.dropout != 0;
  return sentence.queries.length() <= kGroupQueries && !args.causal && !drops && !args.relative_keys.floats &&
         !args.distance_bias.floats && !args.weights.floats;
}

// The first queries of a sentence, as many as are computed together.
inline Group group_of(const SentenceSpans& sentence) {
  return {smaller(kGroupQueries, sentence.queries.length()), sentence.keys.length(),
          sentence.keys.begin, 0, {}};
}

// Attention of some heads of a sentence of a few queries. `next` is prefetched, and may be null.
template <class T>
void attend_few(const AttentionArgs& args, const SentenceSpans& sentence, const SentenceSpans* next, const Heads& heads, float* scores) {
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

// Attention of any number of queries, in groups that are computed together.
template <class T>
void attend_groups(const AttentionArgs& args, const SentenceSpans& sentence, const SentenceSpans* next, const Heads& heads, float* scores) {
  const std::int64_t end = sentence.queries.end;
  for (std::int64_t first = sentence.queries.begin; first < end; first += kGroupQueries) {
    const SentenceSpans group = {{first, smaller(first + kGroupQueries, end)}, sentence.keys, sentence.places};
    attend_few<T>(args, group, group.queries.end == end ? next : nullptr, heads, scores);
  }
}

void copy_rows(float* to, std::int64_t to_stride, const float* from, std::int64_t from_stride, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t r = 0; r < rows; r++) copy_row(to + r * to_stride, from + r * from_stride, columns);
}

HeadRows rows_of_head(const AttentionArgs& args, const SentenceSpans& sentence, std::int64_t column, std::int64_t d_head, float* scratch) {
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

// Attention of some heads of a sentence, head by head and block by block. `pair` is the sentence's first row of the
// weights.
void attend_blocks(const AttentionArgs& args, const SentenceSpans& sentence, const Heads& heads, std::int64_t pair, float* scratch) {
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

// Threads share the heads of all queries, as one sequence.
void attention(const AttentionArgs& args, const Partition& partition) {
  const std::int64_t sentences = args.queries.rows;
  const std::int64_t heads = args.heads;
  const std::int64_t d_head = args.attended.width / heads;
  const Range mine = part_of(args.q.rows * heads, 1, partition);
  const auto attend_together = args.k.halves ? attend_groups<Bfloat16> : attend_groups<float>;
  std::int64_t pair = 0;
  for (std::int64_t b = 0; b < sentences; b++) {
    const SentenceSpans sentence = spans_of_sentence(args, b);
    const std::int64_t count = sentence.queries.length();
    if (count == 0) continue;
    const Range range = part_of_heads(mine, sentence.queries.begin * heads, count, heads);
    if (range.begin < range.end) {
      const SentenceSpans next = b + 1 < sentences ? spans_of_sentence(args, b + 1) : sentence;
      const bool prefetches_next = b + 1 < sentences && sentence.queries.end * heads < mine.end && heads_go_together(args, next);
      if (heads_go_together(args, sentence)) attend_together(args, sentence, prefetches_next ? &next : nullptr, {range, d_head}, partition.scratch);
      else attend_blocks(args, sentence, {range, d_head}, pair, partition.scratch);
    }
    pair += count * (sentence.keys.length());
  }
}

namespace {

// d_table [distances, d_head] += Σ over heads and rows of numbersᵀ · x. Threads share the distances.
void add_table_gradient(const Matrix& d_table, const Distances& of_head, const Matrix& x, std::int64_t head, const Partition& partition) {
  const Range distances = part_of(d_table.rows, 1, partition);
  small_product(row_of(d_table, distances.begin), d_table.stride, distances.length(),
                {of_head.numbers + distances.begin, 1, of_head.stride}, x.floats + head * d_table.width, x.stride, x.rows,
                d_table.width, true);
}

void relative_gradients(const AttentionGradientArgs& args, const Partition& partition) {
  if (!args.relative_keys.floats) return;
  barrier(partition);
  for (std::int64_t head = 0; head < args.heads; head++) {
    const Distant distant = distant_rows(args, 0, head, partition.common);
    add_table_gradient(args.d_relative_keys, distant.keys, args.q, head, partition);
    add_table_gradient(args.d_relative_values, distant.values, args.dz, head, partition);
  }
}

// The number of query-key pairs of all sentences.
inline std::int64_t all_pairs(const Matrix& queries, const Matrix& keys) {
  std::int64_t pairs = 0;
  for (std::int64_t b = 0; b < queries.rows; b++) pairs += span_of(queries, b).length() * span_of(keys, b).length();
  return pairs;
}

}  // namespace

// Each thread computes the sentences and heads that begin in its part of all pairs. The first thread also clears the
// rows between the keys of two sentences.
void attention_gradient(const AttentionGradientArgs& args, const Partition& partition) {
  const Matrix& queries = args.queries;
  const Matrix& keys = args.keys;
  const Matrix& dk = args.dk;
  const Matrix& dv = args.dv;
  const std::int64_t heads = args.heads;
  const std::int64_t total = all_pairs(queries, keys) + 1;
  std::int64_t end = 0;
  std::int64_t pairs = 0;
  const auto clear = [&](std::int64_t begin) {
    if (partition.part != 0) return;
    clear_rows(dk, end, begin);
    clear_rows(dv, end, begin);
  };
  for (std::int64_t b = 0; b < queries.rows; b++) {
    const Range query_span = span_of(queries, b);
    const Range key_span = span_of(keys, b);
    // Gradients of keys without queries are cleared with the rows that follow them.
    clear(key_span.begin);
    end = query_span.length() ? key_span.end : key_span.begin;
    const std::int64_t own = query_span.length() * key_span.length();
    for (std::int64_t head = 0; head < heads; head++)
      if ((pairs + own * head / heads) * partition.parts / total == partition.part)
        attention_gradient_head(
            args, {b, query_span.begin, query_span.length(), key_span.begin, key_span.length(), head, dk.width / heads, places_of(args, b)},
            partition);
    pairs += own;
  }
  clear(dk.rows);
  relative_gradients(args, partition);
  if (args.distance_bias.floats) {
    barrier(partition);
    total_bias(args.d_distance_bias, bias_sums(args, partition.common), partition);
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
