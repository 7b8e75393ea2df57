// disentangledAttention: one head of a sentence after the other. Its keys are multiplied with the rows of distances once, and its queries
// block by block; scores are then sums of three numbers.
#include "generated/operands.h"
#include "kernels/attention/scores.h"
#include "kernels/attention/softmax_tile.h"
#include "kernels/attention/weighted_sum.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// One head of a sentence.
struct DisentangledHead {
  Range queries;
  Range keys;
  std::int64_t column;  // where the head begins
  std::int64_t head;
  std::int64_t d_head;
  std::int64_t pair;  // row of the weights where the sentence begins
};

// The row of a table for the key at a distance after the query.
inline std::int64_t bucket_of(const Matrix& buckets, std::int64_t distance) {
  const std::int64_t clip = (buckets.rows - 1) / 2;
  return integer_at(buckets, clip + (distance < -clip ? -clip : smaller(distance, clip)));
}

// The rows of a table that some distances have, from the lowest to the highest.
inline Range buckets_of(const Matrix& buckets, std::int64_t nearest, std::int64_t furthest) {
  Range rows = {bucket_of(buckets, nearest), 0};
  for (std::int64_t d = nearest; d <= furthest; d++) {
    const std::int64_t row = bucket_of(buckets, d);
    if (row < rows.begin) rows.begin = row;
    if (row >= rows.end) rows.end = row + 1;
  }
  return rows;
}

// products [count, stride] ← x [count, d_head] · rows of a table, the first at column 0
void multiply_rows(float* products, std::int64_t stride, const Matrix& x, Range rows, const Matrix& table, Range used, const DisentangledHead& at, float* panel) {
  for (std::int64_t first = rows.begin; first < rows.end; first += kQueryBlock) {
    const std::int64_t count = smaller(kQueryBlock, rows.end - first);
    score(products + (first - rows.begin) * stride, stride,
          {row_of(x, first) + at.column, x.stride, count, row_of(table, used.begin) + at.column, table.stride, used.length(), at.d_head}, panel);
  }
}

void attend_head(const DisentangledAttentionArgs& args, const DisentangledHead& at, float* scratch) {
  const std::int64_t keys = at.keys.length();
  const std::int64_t count = at.queries.length();
  const DisentangledPlaces places = disentangled_places(args, keys);
  float* scores = scratch + places.scores;
  float* panel = scratch + places.panel;
  float* query_products = scratch + places.query_products;
  float* key_products = scratch + places.key_products;
  const std::int64_t stride = places.stride;
  const std::int64_t step = places.distance_stride;
  const Range used = buckets_of(args.buckets, 1 - count, keys - 1);
  if (args.position_queries.floats && keys > 0)
    multiply_rows(key_products, step, args.k, at.keys, args.position_queries, used, at, panel);
  const Vec seen = broadcast(static_cast<float>(keys));
  for (std::int64_t first = 0; first < count; first += kQueryBlock) {
    const std::int64_t block = smaller(kQueryBlock, count - first);
    const std::int64_t row = at.queries.begin + first;
    if (keys > 0) {
      score(scores, stride,
            {row_of(args.q, row) + at.column, args.q.stride, block, row_of(args.k, at.keys.begin) + at.column, args.k.stride, keys, at.d_head}, panel);
      if (args.position_keys.floats)
        multiply_rows(query_products, step, args.q, {row, row + block}, args.position_keys, used, at, panel);
    }
    for (std::int64_t r = 0; r < block; r++) {
      float* to = scores + r * stride;
      for (std::int64_t j = 0; j < keys; j++) {
        const std::int64_t bucket = bucket_of(args.buckets, j - first - r) - used.begin;
        if (args.position_keys.floats) to[j] += query_products[r * step + bucket];
        if (args.position_queries.floats) to[j] += key_products[j * step + bucket];
      }
    }
    if (keys > 0)
      for (std::int64_t r = 0; r < block; r += kSoftmaxRows)
        softmax_tiles<1>(scores + r * stride, stride, seen, keys, static_cast<float>(args.scale), scratch + places.tile);
    if (args.weights.floats)
      for (std::int64_t r = 0; r < block; r++) {
        float* to = row_of(args.weights, at.pair + (first + r) * keys) + at.head;
        for (std::int64_t j = 0; j < keys; j++) to[j * args.weights.stride] = scores[r * stride + j];
      }
    float* z = row_of(args.attended, row) + at.column;
    const float* v = keys > 0 ? row_of(args.v, at.keys.begin) + at.column : nullptr;
    for_rows<kTileRows>(block, [&](std::int64_t r, auto m) {
      std::int64_t all[m()];
      for (int i = 0; i < m(); i++) all[i] = keys;
      weighted_sum<m()>(z + r * args.attended.stride, args.attended.stride, scores + r * stride, stride, v, args.v.stride, all, at.d_head);
    });
  }
}

}  // namespace

// Threads share the heads of all sentences, in one sequence.
void disentangled_attention(const DisentangledAttentionArgs& args, const Partition& partition) {
  const std::int64_t heads = args.heads;
  const std::int64_t d_head = args.q.width / heads;
  std::int64_t number = 0;
  std::int64_t pair = 0;
  for (std::int64_t b = 0; b < args.queries.rows; b++) {
    const Range queries = span_of(args.queries, b);
    const Range keys = span_of(args.keys, b);
    for (std::int64_t head = 0; head < heads; head++, number++)
      if (queries.length() > 0 && number % partition.parts == partition.part)
        attend_head(args, {queries, keys, head * d_head, head, d_head, pair}, partition.scratch);
    pair += queries.length() * keys.length();
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
