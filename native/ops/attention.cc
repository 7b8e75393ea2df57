// Attention of sentences.
#include <algorithm>

#include "generated/rows.h"
#include "ops/attention_operands.h"

namespace glassformer {

namespace {

// Keys in bfloat16 are keys of a cache, whose kernel does only what a step needs.
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

// Room for scores, and for some rows of them again; for transposed keys; for the numbers of each distance; and for the keys and values of
// a head.
std::int64_t scratch(const AttentionArgs& args) {
  const std::int64_t head = args.q.width / args.heads;
  return (std::max<std::int64_t>(kQueryBlock, group_rows(args.heads)) + kMostSoftmaxRows) * score_row(args.keys) + kPanelKeys * head +
         kQueryBlock * scratch_stride(args.relative_keys.rows) + scratch_stride(args.distance_bias.rows) +
         copied_floats(longest(args.queries), longest(args.keys), head);
}

double work(const AttentionArgs& args) { return attention_work(args.q, args.queries, args.keys); }

}  // namespace

const Op attention_op = Definition<AttentionOperands>(&Kernels::attention).with_shape<shape>().with_check<check>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
