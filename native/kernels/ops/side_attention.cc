// sideAttention: one block of query rows after the other, whose scores of keys and of side keys lie side by side.
#include "generated/operands.h"
#include "kernels/attention/distances.h"
#include "kernels/attention/scores.h"
#include "kernels/attention/sides.h"
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

// The set's scores of [count, stride], with their bias; `panel` has room for transposed keys, `numbers` for the bias
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

// Threads share the blocks of all heads, in one sequence.
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

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
