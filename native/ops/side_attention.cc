// Attention to the keys of a span and to side keys, with one softmax.
#include "generated/rows.h"
#include "ops/attention_operands.h"

namespace glassformer {

namespace {

void shape(const SideAttentionShapes& s) {
  expect(same_shape(s.q, s.attended), "q and output differ in shape");
  expect(s.k.width == s.q.width && same_shape(s.k, s.v), "k and v must have one shape, and the width of q");
  expect(s.q.width % s.heads == 0, "the width cannot be cut into heads");
  expect(s.side_k.width == s.q.width && same_shape(s.side_k, s.side_v), "sideK and sideV must have one shape, and the width of q");
  expect(s.k.dtype == DType::kFloat32 && s.side_k.dtype == DType::kFloat32 && s.side_v.dtype == DType::kFloat32, "keys must be float32");
  expect_sentences(s.queries, s.keys);
  expect_sentences(s.queries, s.side_keys);
  expect_places(s.at, s.queries);
  expect_places(s.side_at, s.queries);
  expect_distance_bias(s.distance_bias, s.heads);
  expect_distance_bias(s.side_bias, s.heads);
}

void check(const SideAttentionArgs& args) {
  check_sentences(args);
  expect_spans("sideKeys", args.side_keys, args.side_k.rows);
  expect_all_in_range("sideAt", args.side_at, -1, kMostKeys);
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
    Definition<SideAttentionOperands>(&Kernels::side_attention).with_shape<shape>().with_check<check>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
