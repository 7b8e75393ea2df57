// sideAttention: block of queries by block of queries. In a row, the scores of side keys follow those of keys.
#include "generated/operands.h"
#include "kernels/attention/bias_sums.h"
#include "kernels/attention/distances.h"
#include "kernels/attention/head_rows.h"
#include "kernels/attention/scores.h"
#include "kernels/attention/key_sets.h"
#include "kernels/attention/softmax_tile.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/product/small_product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "kernels/vector/reductions.h"
#include "kernels/vector/rows.h"
#include "kernels/vector/softmax_row_gradient.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Computes a set's scores in [count, stride], with their bias. `panel` has room for transposed keys, `numbers` for the
// bias.
void score_set(float* scores, std::int64_t stride, const SideBlock& block, const Matrix& q, const KeySet& set, float* panel, float* numbers) {
  const std::int64_t column = block.head * block.d_head;
  const std::int64_t keys = set.keys.length();
  if (keys == 0) return;
  scores += set.at;
  score(scores, stride, {row_of(q, block.row) + column, q.stride, block.count, row_of(set.k, set.keys.begin) + column, set.k.stride, keys, block.d_head}, panel);
  if (!set.bias.floats) return;
  gather_bias(set.bias, block.head, set.places.of(block.query), set.places.of(block.query + block.count - 1), keys, numbers);
  for (std::int64_t r = 0; r < block.count; r++)
    add_numbers(numbers, clip_of(set.bias), set.places.of(block.query + r), keys, scores + r * stride);
}

// z [count, d_head] ← (add ? z : 0) + the set's part of p · values
void weigh_set(float* z, const Matrix& to, const float* p, std::int64_t stride, const SideBlock& block, const KeySet& set, bool add) {
  small_product(z, to.stride, block.count, {p + set.at, stride, 1}, row_of(set.v, set.keys.begin) + block.head * block.d_head, set.v.stride,
                set.keys.length(), block.d_head, add);
}

void attend_sides(const SideAttentionArgs& args, const SideBlock& block, const KeySet& own, const KeySet& side, float* scores) {
  const std::int64_t keys = own.keys.length();
  const std::int64_t width = side.at + side.keys.length();
  const std::int64_t stride = side_stride(keys, side.keys.length());
  float* tile = scores + kQueryBlock * stride;
  float* panel = tile + kMostSoftmaxRows * stride;
  float* numbers = panel + kPanelKeys * block.d_head;
  float* side_numbers = numbers + scratch_stride(args.distance_bias.rows);
  float* z = row_of(args.attended, block.row) + block.head * block.d_head;
  score_set(scores, stride, block, args.q, own, panel, numbers);
  score_set(scores, stride, block, args.q, side, panel, side_numbers);
  for (std::int64_t r = 0; r < block.count; r++) fill_gap(scores + r * stride, own, side, -kInfinity);
  const Vec seen = broadcast(static_cast<float>(width));
  if (keys + side.keys.length() > 0)
    for (std::int64_t r = 0; r < block.count; r += kSoftmaxRows)
      softmax_tiles<1>(scores + r * stride, stride, seen, width, static_cast<float>(args.scale), tile);
  for (std::int64_t r = 0; r < block.count; r++) drop_sides(args, block, own, side, r, scores + r * stride);
  weigh_set(z, args.attended, scores, stride, block, own, false);
  weigh_set(z, args.attended, scores, stride, block, side, true);
}

}  // namespace

// Threads share the blocks of all heads, as one sequence.
void side_attention(const SideAttentionArgs& args, const Partition& partition) {
  const std::int64_t d_head = args.q.width / args.heads;
  std::int64_t number = 0;
  for (std::int64_t b = 0; b < args.queries.rows; b++) {
    const Range queries = span_of(args.queries, b);
    const KeySet own = own_keys(args, b);
    const KeySet side = side_keys(args, b);
    for (std::int64_t first = 0; first < queries.length(); first += kQueryBlock)
      for (std::int64_t head = 0; head < args.heads; head++, number++) {
        if (number % partition.parts != partition.part) continue;
        const SideBlock block = {queries.begin + first, first, smaller(kQueryBlock, queries.length() - first), head, d_head};
        attend_sides(args, block, own, side, partition.scratch);
      }
  }
}

// sideAttentionGradient: the softmax is computed again, head by head, for a block of queries at a time. In a row, the
// scores of side keys follow those of keys. The derivatives are those of attentionGradient (head_gradient.h), with one
// softmax over both sets of keys. Spans with the same side keys are computed one after the other, because each adds to
// the gradients of these keys.
namespace {

// A set of keys, and what its gradients need: transposed keys and values [d_head, stride]; the column of a head of its
// bias; the gradients of its keys and values, which earlier queries have written if `adds`; and its sums of gradients
// of scores by distance.
struct GradientSet {
  KeySet of;
  float* keys;
  float* values;
  std::int64_t stride;
  float* bias;
  const Matrix& dk;
  const Matrix& dv;
  bool adds;
  float* sums;
};

void transpose_set(const GradientSet& set, std::int64_t head, std::int64_t d_head) {
  const Matrix &k = set.of.k, &v = set.of.v;
  const Range& keys = set.of.keys;
  transpose_rows(set.keys, set.stride, head_rows(k, keys.begin, head * d_head), k.stride, keys.length(), d_head);
  transpose_rows(set.values, set.stride, head_rows(v, keys.begin, head * d_head), v.stride, keys.length(), d_head);
}

// The weights of values, and the gradients of scores, [count, stride] each.
struct SideScores {
  float* p;
  float* d;
  std::int64_t stride;
};

// The set's part of p ← scale · (q · k + bias), and its part of d ← dz · v
void score_gradient_set(const SideAttentionGradientArgs& args, const SideBlock& block, const GradientSet& set, const SideScores& scores) {
  const KeySet& of = set.of;
  const std::int64_t column = block.head * block.d_head;
  const std::int64_t keys = of.keys.length();
  if (keys == 0) return;
  float* p = scores.p + of.at;
  small_product(p, scores.stride, block.count, {head_rows(args.q, block.row, column), args.q.stride, 1}, set.keys, set.stride, block.d_head,
                keys, false);
  small_product(scores.d + of.at, scores.stride, block.count, {head_rows(args.dz, block.row, column), args.dz.stride, 1}, set.values,
                set.stride, block.d_head, keys, false);
  if (of.bias.floats)
    gather_bias(of.bias, block.head, of.places.of(block.query), of.places.of(block.query + block.count - 1), keys, set.bias);
  for (std::int64_t r = 0; r < block.count; r++) {
    float* row = p + r * scores.stride;
    if (of.bias.floats) add_numbers(set.bias, clip_of(of.bias), of.places.of(block.query + r), keys, row);
    scale_row(row, row, keys, static_cast<float>(args.scale));
  }
}

// p, d of query r ← the weights of values, and the gradients of the scores, which are also added up by distance
void softmax_gradient_of_sides(const SideAttentionGradientArgs& args, const SideBlock& block, const GradientSet& own, const GradientSet& side,
                               std::int64_t r, float* p, float* d) {
  const std::int64_t width = side.of.at + side.of.keys.length();
  fill_gap(p, own.of, side.of, -kInfinity);
  fill_gap(d, own.of, side.of, 0);
  const float total = exponentials(p, p, width, row_max(p, width));
  scale_row(p, p, width, 1 / total);
  drop_sides(args, block, own.of, side.of, r, d);
  softmax_row_gradient(d, p, d, width, static_cast<float>(args.scale));
  drop_sides(args, block, own.of, side.of, r, p);
  const auto sum_by_place = [&](const GradientSet& set) {
    const KeySet& of = set.of;
    if (of.bias.floats) add_to_sums(set.sums, clip_of(of.bias), of.places.of(block.query + r), of.keys.length(), d + of.at);
  };
  sum_by_place(own);
  sum_by_place(side);
}

// dq (+)= d · k, dk (+)= dᵀ · q, dv (+)= pᵀ · dz, for one set
void add_set_gradients(const SideAttentionGradientArgs& args, const SideBlock& block, const GradientSet& set, const SideScores& scores,
                       bool adds_to_query) {
  const Matrix &q = args.q, &dz = args.dz, &k = set.of.k;
  const std::int64_t column = block.head * block.d_head;
  const Range& keys = set.of.keys;
  const float *p = scores.p + set.of.at, *d = scores.d + set.of.at;
  small_product(head_rows(args.dq, block.row, column), args.dq.stride, block.count, {d, scores.stride, 1}, head_rows(k, keys.begin, column),
                k.stride, keys.length(), block.d_head, adds_to_query);
  small_product(head_rows(set.dk, keys.begin, column), set.dk.stride, keys.length(), {d, 1, scores.stride}, head_rows(q, block.row, column),
                q.stride, block.count, block.d_head, set.adds);
  small_product(head_rows(set.dv, keys.begin, column), set.dv.stride, keys.length(), {p, 1, scores.stride}, head_rows(dz, block.row, column),
                dz.stride, block.count, block.d_head, set.adds);
}

void side_gradient_block(const SideAttentionGradientArgs& args, const SideBlock& block, const GradientSet& own, const GradientSet& side,
                         const SideScores& scores) {
  score_gradient_set(args, block, own, scores);
  score_gradient_set(args, block, side, scores);
  if (own.of.keys.length() + side.of.keys.length() > 0)
    for (std::int64_t r = 0; r < block.count; r++)
      softmax_gradient_of_sides(args, block, own, side, r, scores.p + r * scores.stride, scores.d + r * scores.stride);
  add_set_gradients(args, block, own, scores, false);
  add_set_gradients(args, block, side, scores, true);
}

// Spans [begin, end), whose queries see the same side keys.
struct SideGroup {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t pairs;
};

SideGroup group_from(const SideAttentionGradientArgs& args, std::int64_t begin) {
  SideGroup group = {begin, begin, 0};
  const Range side = span_of(args.side_keys, begin);
  for (; group.end < args.queries.rows; group.end++) {
    const Range next = span_of(args.side_keys, group.end);
    if (next.begin != side.begin || next.end != side.end) break;
    group.pairs += span_of(args.queries, group.end).length() * (span_of(args.keys, group.end).length() + side.length());
  }
  return group;
}

// The gradients of the scores by distance, for each set, in common memory.
BiasSums own_sums(const SideAttentionGradientArgs& args, float* common) {
  return {common, args.queries.rows, args.heads, args.distance_bias.rows};
}
BiasSums side_sums(const SideAttentionGradientArgs& args, float* common) {
  const BiasSums own = own_sums(args, common);
  return {own.of(own.sentences, 0), args.queries.rows, args.heads, args.side_bias.rows};
}

void side_gradient_group(const SideAttentionGradientArgs& args, const SideGroup& group, std::int64_t head, const Partition& partition) {
  float* scratch = partition.scratch;
  const std::int64_t d_head = args.q.width / args.heads;
  bool adds_to_sides = false;
  for (std::int64_t b = group.begin; b < group.end; b++) {
    const Range queries = span_of(args.queries, b);
    const KeySet of_own = own_keys(args, b), of_side = side_keys(args, b);
    const std::int64_t keys = of_own.keys.length(), sides = of_side.keys.length();
    const SideGradientPlaces at = side_gradient_places(args, keys, sides);
    GradientSet own = {of_own, scratch + at.keys, scratch + at.values, scratch_stride(keys), scratch + at.bias, args.dk, args.dv, false,
                       own_sums(args, partition.common).of(b, head)};
    GradientSet side = {of_side, scratch + at.side_keys, scratch + at.side_values, scratch_stride(sides), scratch + at.side_bias,
                        args.d_side_k, args.d_side_v, adds_to_sides, side_sums(args, partition.common).of(b, head)};
    clear_row(own.sums, args.distance_bias.rows);
    clear_row(side.sums, args.side_bias.rows);
    if (queries.length() == 0) continue;
    transpose_set(own, head, d_head);
    if (!adds_to_sides) transpose_set(side, head, d_head);
    for (std::int64_t first = 0; first < queries.length(); first += kQueryBlock) {
      const SideBlock block = {queries.begin + first, first, smaller(kQueryBlock, queries.length() - first), head, d_head};
      side_gradient_block(args, block, own, side, {scratch + at.weights, scratch + at.scores, side_stride(keys, sides)});
      own.adds = side.adds = adds_to_sides = true;
    }
  }
}

// Clears the rows of dk and dv that no query sees.
void clear_unseen(const Matrix& queries, const Matrix& spans, const Matrix& dk, const Matrix& dv) {
  std::int64_t end = 0;
  const auto clear_until = [&](std::int64_t begin) {
    clear_rows(dk, end, begin);
    clear_rows(dv, end, begin);
  };
  for (std::int64_t b = 0; b < spans.rows; b++) {
    if (span_of(queries, b).length() == 0) continue;
    const Range span = span_of(spans, b);
    clear_until(span.begin);
    end = span.end;
  }
  clear_until(dk.rows);
}

}  // namespace

// Each thread computes the groups and heads that begin in its part of all pairs. The first thread also clears the rows
// that no query sees.
void side_attention_gradient(const SideAttentionGradientArgs& args, const Partition& partition) {
  const std::int64_t heads = args.heads;
  std::int64_t total = 1;
  for (SideGroup group = {}; group.end < args.queries.rows;) {
    group = group_from(args, group.end);
    total += group.pairs;
  }
  std::int64_t pairs = 0;
  for (SideGroup group = {}; group.end < args.queries.rows; pairs += group.pairs) {
    group = group_from(args, group.end);
    for (std::int64_t head = 0; head < heads; head++)
      if ((pairs + group.pairs * head / heads) * partition.parts / total == partition.part) side_gradient_group(args, group, head, partition);
  }
  if (partition.part == 0) {
    clear_unseen(args.queries, args.keys, args.dk, args.dv);
    clear_unseen(args.queries, args.side_keys, args.d_side_k, args.d_side_v);
  }
  if (!args.distance_bias.floats) return;
  barrier(partition);
  total_bias(args.d_distance_bias, own_sums(args, partition.common), partition);
  if (args.side_bias.floats) total_bias(args.d_side_bias, side_sums(args, partition.common), partition);
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
