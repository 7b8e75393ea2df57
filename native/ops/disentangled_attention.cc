// Attention to contents and to distances of keys, each by products of their own.
#include "generated/rows.h"
#include "ops/attention_operands.h"

namespace glassformer {

namespace {

void shape(const DisentangledAttentionShapes& s) {
  expect_attended(s);
  expect_sentences(s.queries, s.keys);
  expect(s.buckets.symbol < 0 && s.buckets.rows % 2 == 1 && s.buckets.width == 1, "buckets must have 2 clip + 1 rows");
  expect(s.buckets.rows <= kMostDistances, "buckets have too many rows");
  expect(s.position_keys.given || s.position_queries.given, "one of positionKeys and positionQueries is needed");
  for (const Shape& table : {s.position_keys, s.position_queries}) {
    if (!table.given) continue;
    expect(table.symbol < 0 && table.rows <= kMostDistances, "rows of distances must be a number, and not too many");
    expect(table.width == s.q.width, "rows of distances must have the width of q");
  }
  if (s.position_keys.given && s.position_queries.given)
    expect(same_shape(s.position_keys, s.position_queries), "positionKeys and positionQueries differ in shape");
}

void check(const DisentangledAttentionArgs& args) {
  expect_spans("queries", args.queries, args.q.rows);
  expect_spans("keys", args.keys, args.k.rows);
  expect_tiling(args.queries, args.q.rows);
  for (const Matrix* table : {&args.position_keys, &args.position_queries})
    if (table->width) expect_all_in_range("bucket", args.buckets, 0, table->rows);
  check_pairs(args.weights, attention_pairs(args.queries, args.keys));
}

std::int64_t scratch(const DisentangledAttentionArgs& args) {
  return disentangled_places(args, longest(args.keys)).floats;
}

double work(const DisentangledAttentionArgs& args) { return 3 * attention_work(args.q, args.queries, args.keys); }

}  // namespace

const Op disentangled_attention_op = Definition<DisentangledAttentionOperands>(&Kernels::disentangled_attention).with_shape<shape>().with_check<check>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
