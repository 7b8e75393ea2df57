// The places of a sentence's queries among its keys.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Query i is at the place of key first + i / every, where −1 is before the first key. From there distances count, and a
// causal query sees the keys up to there.
struct Places {
  std::int64_t first;
  std::int64_t every;
  bool causal;

  std::int64_t of(std::int64_t query) const { return first + query / every; }
  // The number of keys that a query sees, of `all` keys.
  std::int64_t seen(std::int64_t query, std::int64_t all) const { return causal ? smaller(of(query) + 1, all) : all; }
};

// The places of the queries of sentence b.
template <class Args>
Places places_of(const Args& args, std::int64_t b) {
  return {args.at.integers ? integer_at(args.at, b) : 0, args.every, args.causal};
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
