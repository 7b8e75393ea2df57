// writeCache: rows of keys or values are copied into slots of a cache.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Whether the slots ascend, so that no two rows have the same slot.
inline bool ascend(const Matrix& slots) {
  for (std::int64_t r = 1; r < slots.rows; r++)
    if (integer_at(slots, r) <= integer_at(slots, r - 1)) return false;
  return true;
}

// cache[slots[r]] ← x[r]. Threads share the rows if slots ascend. Otherwise they share the columns, so that the last of
// several rows with the same slot wins, for any number of threads.
template <class T>
void write_rows(const WriteCacheArgs& args, const Partition& partition) {
  const Matrix& x = args.x;
  const Matrix& slots = args.slots;
  const Matrix& cache = args.cache;
  const bool by_rows = ascend(slots);
  const Range rows = by_rows ? part_of(x.rows, 1, partition) : Range{0, x.rows};
  const Range columns = by_rows ? Range{0, x.width} : part_of(x.width, kScratchStep, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* from = row_of(x, r) + columns.begin;
    T* to = cached_row<T>(cache, integer_at(slots, r)) + columns.begin;
    for_columns(columns.length(), [&](std::int64_t i, auto n) { store(to + i, load(from + i, n), n); });
  }
}

}  // namespace

void write_cache(const WriteCacheArgs& args, const Partition& partition) {
  if (args.cache.halves) write_rows<Bfloat16>(args, partition);
  else write_rows<float>(args, partition);
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
