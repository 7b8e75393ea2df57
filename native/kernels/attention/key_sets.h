// Attention to the keys of a span and to side keys: the keys that queries see, and the places of their scores.
#pragma once
#include "kernels/attention/places.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/random.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Queries of one span and head, the first of which is query `query` of the span.
struct SideBlock {
  std::int64_t row;
  std::int64_t query;
  std::int64_t count;
  std::int64_t head;
  std::int64_t d_head;
};

// One of the two sets of keys that the queries of a span see. In a row of scores its keys begin at `at`. Its weights
// are dropped as if the queries were rows from `drop_row` on.
struct KeySet {
  const Matrix& k;
  const Matrix& v;
  Range keys;
  const Matrix& bias;
  Places places;
  std::int64_t at;
  std::int64_t drop_row;
};

template <class Args>
KeySet own_keys(const Args& args, std::int64_t b) {
  const std::int64_t at = args.at.integers ? integer_at(args.at, b) : 0;
  return {args.k, args.v, span_of(args.keys, b), args.distance_bias, {at, 1, false}, 0, 0};
}

template <class Args>
KeySet side_keys(const Args& args, std::int64_t b) {
  const std::int64_t at = args.side_at.integers ? integer_at(args.side_at, b) : 0;
  const std::int64_t first = scratch_stride(span_of(args.keys, b).length());
  return {args.side_k, args.side_v, span_of(args.side_keys, b), args.side_bias, {at, args.every, false}, first, args.q.rows};
}

// Sets the scores or weights between the last key and the first side key, where there is no key, to `value`.
inline void fill_gap(float* row, const KeySet& own, const KeySet& side, float value) {
  for (std::int64_t j = own.keys.length(); j < side.at; j++) row[j] = value;
}

// row ← the values of both sets for query r of the block, after dropout
template <class Args>
void drop_sides(const Args& args, const SideBlock& block, const KeySet& own, const KeySet& side, std::int64_t r, float* row) {
  if (args.dropout == 0) return;
  const auto drop_set = [&](const KeySet& set) {
    const std::int64_t number = (set.drop_row + block.row + r) * args.heads + block.head;
    drop_row(row + set.at, set.keys.length(), row_key(integer_at(args.seed, 0), args.site, number), drop_of(args.dropout));
  };
  drop_set(own);
  drop_set(side);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
