// Attention to the keys of a span and to side keys, with one softmax over both.
#include "generated/rows.h"
#include "ops/attention_operands.h"

namespace glassformer {

namespace {

void shape(const SideAttentionShapes& s) {
  expect(same_shape(s.q, s.attended), "q and output differ in shape");
  expect_sides(s);
}

// Scratch memory for the scores of both sets of keys, one set following the other; for some rows of scores again; for
// transposed keys; and for the bias of a head.
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

// The gradients of attention to keys and side keys by all of its floats.
namespace {

void shape(const SideAttentionGradientShapes& s) {
  expect_sides(s);
  expect(same_shape(s.q, s.dz) && same_shape(s.q, s.dq), "q, dz and dq differ in shape");
  expect(same_shape(s.k, s.dk) && same_shape(s.k, s.dv), "k, dk and dv differ in shape");
  expect(same_shape(s.side_k, s.d_side_k) && same_shape(s.side_k, s.d_side_v), "sideK, dSideK and dSideV differ in shape");
  expect(same_shape(s.distance_bias, s.d_distance_bias) && same_shape(s.side_bias, s.d_side_bias),
         "a bias by distance and its gradient differ in shape");
}

void check(const SideAttentionGradientArgs& args) {
  check_sides(args);
  expect_disjoint(args.keys);
  const Matrix& sides = args.side_keys;
  for (std::int64_t b = 1; b < sides.rows; b++) {
    const bool is_same = begin_of(sides, b) == begin_of(sides, b - 1) && end_of(sides, b) == end_of(sides, b - 1);
    if (!is_same && begin_of(sides, b) < end_of(sides, b - 1))
      refuse("sideKeys at row " + text(b) + " overlap those before, and are not the same");
  }
}

std::int64_t scratch(const SideAttentionGradientArgs& args) {
  return side_gradient_places(args, longest(args.keys), longest(args.side_keys)).floats;
}

// Common memory: for each distance, span and head the gradients of both biases.
std::int64_t common(const SideAttentionGradientArgs& args, int) {
  return args.queries.rows * args.heads * (args.distance_bias.rows + args.side_bias.rows);
}

double work(const SideAttentionGradientArgs& args) {
  return 3 * (attention_work(args.q, args.queries, args.keys) + attention_work(args.q, args.queries, args.side_keys));
}

}  // namespace

const Op side_attention_gradient_op = Definition<SideAttentionGradientOperands>(&Kernels::side_attention_gradient)
                                          .with_shape<shape>()
                                          .with_check<check>()
                                          .with_scratch<scratch>()
                                          .with_work<work>()
                                          .with_common<common>()
                                          .with_parallelism(Parallelism::kOnePerThread);

}  // namespace glassformer
