// q, k, v, ancestors, spans → attended, weights: attention over rows of a cache, in a step of decoding.
#include "generated/rows.h"
#include "ops/attention_operands.h"

namespace glassformer {

namespace {

void shape(const CachedAttentionShapes& s) {
  expect_attended(s);
  expect(s.ancestors.width == 1, "ancestors must be one column");
  expect(s.spans.width == 2 && same_rows(s.spans, s.q), "spans must be pairs with the rows of q");
  expect_distances(s.relative_keys, s.relative_values, s.q.width / s.heads);
  expect_distance_bias(s.distance_bias, s.heads);
}

void check(const CachedAttentionArgs& args) {
  expect_range("ancestor", args.ancestors, 0, 0, args.k.rows);
  expect_spans("spans", args.spans, args.ancestors.rows);
  check_pairs(args.weights, total_length(args.spans));
}

std::int64_t scratch(const CachedAttentionArgs& args) {
  const std::int64_t rows = group_rows(args.heads);
  return (rows + kMostSoftmaxRows) * score_row(args.spans) + rows * scratch_stride(args.relative_keys.rows) +
         scratch_stride(args.distance_bias.rows);
}

double work(const CachedAttentionArgs& args) {
  return 0.2 * static_cast<double>(total_length(args.spans)) * static_cast<double>(args.q.width);
}

}  // namespace

const Op cached_attention_op = Definition<CachedAttentionOperands>(&Kernels::cached_attention).with_shape<shape>().with_check<check>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
