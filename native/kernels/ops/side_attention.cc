// sideAttention: one block of query rows after the other, whose scores of keys and of side keys lie side by side.
#include "generated/operands.h"
#include "kernels/attention/distances.h"
#include "kernels/attention/places.h"
#include "kernels/attention/scores.h"
#include "kernels/attention/softmax_tile.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/product/small_product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Queries of one span and head; `query` is the first of them inside the span.
struct SideBlock {
  std::int64_t row;
  std::int64_t query;
  std::int64_t count;
  std::int64_t head;
  std::int64_t d_head;
};

// One set of keys as the queries of a span see it.
struct KeySet {
  const Matrix& k;
  const Matrix& v;
  Range keys;
  const Matrix& bias;
  Places places;
};

// scores [count, stride] of a set of keys, with their bias; `panel` has room for transposed keys, `numbers` for the bias
void score_set(float* scores, std::int64_t stride, const SideBlock& block, const Matrix& q, const KeySet& set, float* panel, float* numbers) {
  const std::int64_t column = block.head * block.d_head;
  const std::int64_t keys = set.keys.length();
  if (keys == 0) return;
  score(scores, stride, {row_of(q, block.row) + column, q.stride, block.count, row_of(set.k, set.keys.begin) + column, set.k.stride, keys, block.d_head}, panel);
  if (!set.bias.floats) return;
  gather_bias(set.bias, block.head, set.places.of(block.query), set.places.of(block.query + block.count - 1), keys, numbers);
  for (std::int64_t r = 0; r < block.count; r++)
    add_numbers(numbers, clip_of(set.bias), set.places.of(block.query + r), keys, scores + r * stride);
}

// z [count, d_head] ← (add ? z : 0) + p · values
void weigh_set(float* z, const Matrix& to, const float* p, std::int64_t stride, const SideBlock& block, const KeySet& set, bool add) {
  small_product(z, to.stride, block.count, {p, stride, 1}, row_of(set.v, set.keys.begin) + block.head * block.d_head, set.v.stride,
                set.keys.length(), block.d_head, add);
}

void attend_sides(const SideAttentionArgs& args, const SideBlock& block, const KeySet& own, const KeySet& side, float* scores) {
  const std::int64_t keys = own.keys.length();
  const std::int64_t first_side = scratch_stride(keys);
  const std::int64_t width = first_side + side.keys.length();
  const std::int64_t stride = side_stride(keys, side.keys.length());
  float* tile = scores + kQueryBlock * stride;
  float* panel = tile + kMostSoftmaxRows * stride;
  float* numbers = panel + kPanelKeys * block.d_head;
  float* side_numbers = numbers + scratch_stride(args.distance_bias.rows);
  float* z = row_of(args.attended, block.row) + block.head * block.d_head;
  score_set(scores, stride, block, args.q, own, panel, numbers);
  // No key stands between the last key and the first side key.
  for (std::int64_t r = 0; r < block.count; r++)
    for (std::int64_t j = keys; j < first_side; j++) scores[r * stride + j] = -kInfinity;
  score_set(scores + first_side, stride, block, args.q, side, panel, side_numbers);
  const Vec seen = broadcast(static_cast<float>(width));
  if (keys + side.keys.length() > 0)
    for (std::int64_t r = 0; r < block.count; r += kSoftmaxRows)
      softmax_tiles<1>(scores + r * stride, stride, seen, width, static_cast<float>(args.scale), tile);
  weigh_set(z, args.attended, scores, stride, block, own, false);
  weigh_set(z, args.attended, scores + first_side, stride, block, side, true);
}

}  // namespace

// Threads share the blocks of all heads, in one sequence.
void side_attention(const SideAttentionArgs& args, const Partition& partition) {
  const std::int64_t d_head = args.q.width / args.heads;
  std::int64_t number = 0;
  for (std::int64_t b = 0; b < args.queries.rows; b++) {
    const Range queries = span_of(args.queries, b);
    const std::int64_t at = args.at.integers ? integer_at(args.at, b) : 0;
    const std::int64_t side_at = args.side_at.integers ? integer_at(args.side_at, b) : 0;
    const KeySet own = {args.k, args.v, span_of(args.keys, b), args.distance_bias, {at, 1, false}};
    const KeySet side = {args.side_k, args.side_v, span_of(args.side_keys, b), args.side_bias, {side_at, args.every, false}};
    for (std::int64_t first = 0; first < queries.length(); first += kQueryBlock)
      for (std::int64_t head = 0; head < args.heads; head++, number++) {
        if (number % partition.parts != partition.part) continue;
        const SideBlock block = {queries.begin + first, first, smaller(kQueryBlock, queries.length() - first), head, d_head};
        attend_sides(args, block, own, side, partition.scratch);
      }
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
