// The order in which attention of a few queries gathers keys and values, so that the next rows can be prefetched. Keys
// and values are in memory, and waiting for them would take longer than all arithmetic.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/product/dot_tile.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Queries of one sentence, each of which sees `length` rows of keys and values: query r sees the rows ancestors[r][j ·
// step], or, where ancestors are null, all queries see the rows from `first` on.
struct Group {
  std::int64_t queries;
  std::int64_t length;
  std::int64_t first;
  std::int64_t step;
  const std::int32_t* ancestors[kGroupQueries];
};

// The most rows of keys or values that are read as one block, and the rows of a block of a longer group. As many rows
// are prefetched.
constexpr std::int64_t kWholeGroup = 32;
constexpr std::int64_t kRowBlock = 16;

// Tiles read a multiple of kTileColumns rows, and so at most this many rows after the last one.
constexpr std::int64_t kSpareRows = kTileColumns - 1;
static_assert(kSpareRows <= kMostSpareKeys, "a row of scores has room for them");

// Rows that each query sees; the first `shared` rows are the same for all queries. The last row repeats after the
// others. Keys and values are of type T, here and in decode_attention.h.
template <class T>
struct SeenRows {
  const T* of[kGroupQueries][kWholeGroup + kSpareRows];
  std::int64_t queries;
  std::int64_t count;
  std::int64_t shared;

  const T* const* seen_by(std::int64_t r) const { return of[shared < count ? r : 0]; }
};

// The number of first rows that two queries share.
template <class T>
inline std::int64_t common_prefix(const T* const* a, const T* const* b, std::int64_t count) {
  std::int64_t same = 0;
  while (same < count && a[same] == b[same]) same++;
  return same;
}

// Finds rows [j, j + count) of each query.
template <class T>
void find_rows(SeenRows<T>& rows, const Matrix& m, const Group& group, std::int64_t j, std::int64_t count) {
  rows.queries = group.ancestors[0] ? group.queries : 1;
  rows.count = count;
  rows.shared = count;
  const auto find = [&](std::int64_t r, auto row_at) {
    for (std::int64_t c = 0; c < count; c++) rows.of[r][c] = cached_row<T>(m, row_at(j + c));
    for (std::int64_t spare = 0; spare < kSpareRows; spare++) rows.of[r][count + spare] = rows.of[r][count - 1];
  };
  if (!group.ancestors[0]) return find(0, [&](std::int64_t at) { return group.first + at; });
  for (std::int64_t r = 0; r < group.queries; r++) {
    find(r, [&](std::int64_t at) { return group.ancestors[r][at * group.step]; });
    if (r > 0) rows.shared = common_prefix(rows.of[0], rows.of[r], rows.shared);
  }
}

// The order of reading: all keys of a group, then its values, then the next group (or null).
struct KeyValueGather {
  bool from_memory;
  const Matrix& k;
  const Matrix& v;
  const Group& group;
  const Group* next;
};

// Whether all rows of a group are one block. Longer groups have several blocks, and so have groups that come from
// memory, because reads would wait for many rows that are prefetched at once.
inline bool is_one_block(const KeyValueGather& gather, const Group& group) { return !gather.from_memory && group.length <= kWholeGroup; }

inline std::int64_t row_blocks(const KeyValueGather& gather, const Group& group) {
  return is_one_block(gather, group) ? group.length > 0 : (group.length + kRowBlock - 1) / kRowBlock;
}

// Finds block `number` of that order. There are no rows after the last block.
template <class T>
void find_block(SeenRows<T>& rows, const KeyValueGather& gather, std::int64_t number) {
  const std::int64_t read = 2 * row_blocks(gather, gather.group);
  const Group* group = number < read ? &gather.group : gather.next;
  if (number >= read) number -= read;
  const std::int64_t blocks = group ? row_blocks(gather, *group) : 0;
  rows.count = 0;
  rows.shared = 0;
  if (number >= 2 * blocks) return;
  const std::int64_t j = (number < blocks ? number : number - blocks) * kRowBlock;
  const std::int64_t count = is_one_block(gather, *group) ? group->length : smaller(kRowBlock, group->length - j);
  find_rows(rows, number < blocks ? gather.k : gather.v, *group, j, count);
}

// The rows that are prefetched. A row that several queries see is prefetched once.
template <class T>
struct PrefetchedRows {
  const T* at[kGroupQueries * kWholeGroup];
  std::int64_t count;
};

// Finds the rows that are prefetched while block `number` is read. They are as many blocks ahead as values come after
// their keys, so that as many rows are prefetched as are read; but at least two, because memory takes that long, and at
// most four. The past of a single query is not prefetched if it is in a cache, because arithmetic takes as long as
// reading it.
template <class T>
void find_prefetched(PrefetchedRows<T>& prefetched, const KeyValueGather& gather, std::int64_t number) {
  prefetched.count = 0;
  if (gather.group.queries == 1 && gather.group.ancestors[0] && !gather.from_memory) return;
  SeenRows<T> rows;
  const std::int64_t blocks = row_blocks(gather, gather.group);
  find_block(rows, gather, number + (blocks < 2 ? 2 : blocks > 4 ? 4 : blocks));
  for (std::int64_t c = 0; c < rows.count; c++) prefetched.at[prefetched.count++] = rows.of[0][c];
  for (std::int64_t c = rows.shared; c < rows.count; c++)
    for (std::int64_t r = 1; r < rows.queries; r++)
      if (rows.of[r][c] != rows.of[r - 1][c]) prefetched.at[prefetched.count++] = rows.of[r][c];
}

// Prefetches some columns into the second cache, because the first one cannot hold the prefetched rows.
template <class T>
inline void prefetch_rows(const PrefetchedRows<T>& prefetched, std::int64_t begin, std::int64_t end) {
  constexpr std::int64_t kLine = 64 / sizeof(T);
  for (std::int64_t i = begin; i < end; i += kLine) {
    GLASSFORMER_UNROLL
    for (std::int64_t a = 0; a < prefetched.count; a++) prefetch_second(prefetched.at[a] + i);
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
