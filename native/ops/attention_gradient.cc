// The gradients of attention by q, k and v, and by relative keys and values.
#include "generated/rows.h"
#include "ops/attention_operands.h"

namespace glassformer {

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
  expect_apart(args.keys);
}

// Room for transposed keys and values, for scores and their gradients, and for the bias of a head.
std::int64_t scratch(const AttentionGradientArgs& args) {
  return (2 * kQueryBlock + 2 * args.q.width / args.heads) * scratch_stride(longest(args.keys)) +
         scratch_stride(args.distance_bias.rows);
}

// For each distance, query and head: the gradients of the scores, and the weights. For each distance, sentence and head: the gradient of
// the bias.
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
