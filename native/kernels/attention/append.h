// append: rows of keys and values go into the slots of a cache.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Whether no two rows have the same slot, because they ascend.
inline bool ascend(const Matrix& slots) {
  for (std::int64_t r = 1; r < slots.rows; r++)
    if (integer_at(slots, r) <= integer_at(slots, r - 1)) return false;
  return true;
}

// cache[slots[r]] ← x[r]. Threads share the rows where slots ascend; else the columns, so that the last of two rows with the same slot
// wins, however many threads there are.
template <class T>
void append_rows(const AppendArgs& args, const Share& share) {
  const Matrix& x = args.x;
  const Matrix& slots = args.slots;
  const Matrix& cache = args.cache;
  const bool by_rows = ascend(slots);
  const Range rows = by_rows ? part_of(x.rows, 1, share) : Range{0, x.rows};
  const Range columns = by_rows ? Range{0, x.width} : part_of(x.width, kScratchStep, share);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* from = row_of(x, r) + columns.begin;
    T* to = cached_row<T>(cache, integer_at(slots, r)) + columns.begin;
    for_columns(columns.length(), [&](std::int64_t i, auto n) { store(to + i, load(from + i, n), n); });
  }
}

void append(const AppendArgs& args, const Share& share) {
  if (args.cache.halves) append_rows<Bfloat16>(args, share);
  else append_rows<float>(args, share);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
