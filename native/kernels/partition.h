// Ranges of rows and columns, into which a call is cut.
#pragma once
#include "kernels/call.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

inline std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

struct Range {
  std::int64_t begin;
  std::int64_t end;

  std::int64_t length() const { return end - begin; }
};

// Some rows and columns of y.
struct Block {
  Range rows;
  Range columns;
};

// Span b: row b of a matrix of [begin, end).
inline Range span_of(const Matrix& spans, std::int64_t b) {
  return {spans.integers[b * spans.stride], spans.integers[b * spans.stride + 1]};
}

// The partition's part of `count` items, cut at multiples of `step`.
inline Range part_of(std::int64_t count, std::int64_t step, const Partition& partition) {
  const std::int64_t steps = (count + step - 1) / step;
  const std::int64_t begin = steps * partition.part / partition.parts * step;
  const std::int64_t end = steps * (partition.part + 1) / partition.parts * step;
  return {begin < count ? begin : count, end < count ? end : count};
}

// A partition that is a whole call on one thread.
inline Partition whole_call(float* scratch, float* common) { return {0, 1, 0, 1, scratch, common, nullptr, nullptr, nullptr}; }

// Calls use(part) for the parts of a call that cuts itself: as many as the call is worth, but at most `most`. A
// partition that cannot be cut is one part.
template <class Use>
inline void in_parts(const Partition& whole, std::int64_t most, Use use) {
  if (!whole.split) return use(whole);
  const std::int64_t parts = smaller(most, whole.parts);
  if (parts <= 1) {
    Partition one = whole;
    one.parts = 1;
    return use(one);
  }
  const auto work = [](void* context, const Partition& part) { (*static_cast<Use*>(context))(part); };
  whole.split(whole, work, &use, static_cast<int>(parts));
}

inline void barrier(const Partition& partition) {
  if (partition.parts > 1) partition.barrier(partition.pool);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
