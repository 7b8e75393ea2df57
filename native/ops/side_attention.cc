// Attention to the keys of a span and to side keys, with one softmax.
#include "generated/rows.h"
#include "ops/attention_operands.h"

namespace glassformer {

namespace {

void shape(const SideAttentionShapes& s) {
  expect(same_shape(s.q, s.attended), "q and output differ in shape");
  expect_sides(s);
}

// Room for scores of both sets of keys side by side, and for some rows of them again; for transposed keys; and for the bias of a head.
std::int64_t scratch(const SideAttentionArgs& args) {
  const std::int64_t stride = side_stride(longest(args.keys), longest(args.side_keys));
  const std::int64_t head = args.q.width / args.heads;
  return (kQueryBlock + kMostSoftmaxRows) * stride + kPanelKeys * head + scratch_stride(args.distance_bias.rows) +
         scratch_stride(args.side_bias.rows);
}

double work(const SideAttentionArgs& args) {
  return attention_work(args.q, args.queries, args.keys) + attention_work(args.q, args.queries, args.side_keys);
}

}  // namespace

const Op side_attention_op =
    Definition<SideAttentionOperands>(&Kernels::side_attention).with_shape<shape>().with_check<check_sides<SideAttentionArgs>>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
