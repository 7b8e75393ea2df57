// q, k, v, queries, keys → attended, weights: attention within sentences.
#include "generated/rows.h"
#include "ops/attention_operands.h"
#include <algorithm>

namespace glassformer {

namespace {

// Keys in bfloat16 come from a cache, and their kernel does only what a step of decoding needs.
void shape(const AttentionShapes& s) {
  expect_attended(s);
  expect_sentences(s.queries, s.keys);
  expect_places(s.at, s.queries);
  expect_seed(s.dropout, s.seed);
  expect_distances(s.relative_keys, s.relative_values, s.q.width / s.heads);
  expect_distance_bias(s.distance_bias, s.heads);
  const bool plain = !s.causal && !s.traced && s.dropout == 0 && !s.relative_keys.given && !s.distance_bias.given;
  expect(plain || s.k.dtype != DType::kBfloat16,
         "keys in bfloat16 are attended to without causal, weights, dropout, relative keys and bias");
}

void check(const AttentionArgs& args) {
  check_sentences(args);
  check_pairs(args.weights, attention_pairs(args.queries, args.keys));
}

// Scratch memory for scores, for some rows of scores again, for transposed keys, for the numbers of each distance, and
// for the keys and values of a head.
std::int64_t scratch(const AttentionArgs& args) {
  const std::int64_t head = args.q.width / args.heads;
  return (std::max<std::int64_t>(kQueryBlock, group_rows(args.heads)) + kMostSoftmaxRows) * score_row(args.keys) + kPanelKeys * head +
         kQueryBlock * scratch_stride(args.relative_keys.rows) + scratch_stride(args.distance_bias.rows) +
         copied_floats(longest(args.queries), longest(args.keys), head);
}

double work(const AttentionArgs& args) { return attention_work(args.q, args.queries, args.keys); }

}  // namespace

const Op attention_op = Definition<AttentionOperands>(&Kernels::attention).with_shape<shape>().with_check<check>().with_scratch<scratch>().with_work<work>();

// q, k, v, dz → dq, dk, dv, and the gradients of relative keys, relative values and the bias.
namespace {

void shape(const AttentionGradientShapes& s) {
  expect(s.q.width % s.heads == 0, "the width cannot be cut into heads");
  expect(same_shape(s.q, s.dz) && same_shape(s.q, s.dq), "q, dz and dq differ in shape");
  expect(s.k.width == s.q.width, "q and k differ in width");
  expect(same_shape(s.k, s.v) && same_shape(s.k, s.dk) && same_shape(s.k, s.dv), "k, v, dk and dv differ in shape");
  expect_sentences(s.queries, s.keys);
  expect_places(s.at, s.queries);
  expect_seed(s.dropout, s.seed);
  const std::int64_t head = s.q.width / s.heads;
  expect_distances(s.relative_keys, s.relative_values, head);
  expect_distances(s.d_relative_keys, s.d_relative_values, head);
  expect(s.relative_keys.given == s.d_relative_keys.given && s.relative_keys.rows == s.d_relative_keys.rows,
         "relative keys and their gradient differ in rows");
  expect_distance_bias(s.distance_bias, s.heads);
  expect(same_shape(s.distance_bias, s.d_distance_bias), "the bias by distance and its gradient differ in shape");
}

void check(const AttentionGradientArgs& args) {
  check_sentences(args);
  expect_disjoint(args.keys);
}

// Scratch memory for transposed keys and values, for scores and their gradients, and for the bias of a head.
std::int64_t scratch(const AttentionGradientArgs& args) {
  return (2 * kQueryBlock + 2 * args.q.width / args.heads) * scratch_stride(longest(args.keys)) +
         scratch_stride(args.distance_bias.rows);
}

// Common memory: for each distance, query and head the gradient of the score and the weight; for each distance,
// sentence and head the gradient of the bias.
std::int64_t common(const AttentionGradientArgs& args, int) {
  return 2 * args.q.rows * args.heads * args.relative_keys.rows + args.queries.rows * args.heads * args.distance_bias.rows;
}

double work(const AttentionGradientArgs& args) { return 3 * attention_work(args.q, args.queries, args.keys); }

}  // namespace

const Op attention_gradient_op = Definition<AttentionGradientOperands>(&Kernels::attention_gradient)
                                      .with_shape<shape>()
                                      .with_check<check>()
                                      .with_scratch<scratch>()
                                      .with_work<work>()
                                      .with_common<common>()
                                      .with_parallelism(Parallelism::kOnePerThread);

}  // namespace glassformer
