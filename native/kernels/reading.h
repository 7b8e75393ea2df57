// In which order attention of a few queries reads keys and values, so that what comes next can be asked for ahead: they lie in memory,
// and to wait for them would take longer than all arithmetic.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Queries of one sentence, which see as many rows of keys and values each: query r the rows ancestors[r][j · step], or all of them the
// rows from `first` on.
struct Group {
  std::int64_t queries;
  std::int64_t length;
  std::int64_t first;
  std::int64_t step;
  const std::int32_t* ancestors[kGroupQueries];
};

// Keys and values hold T, here and in few_queries.h.
template <class T>
inline const T* seen_row(const Matrix& m, const Group& group, std::int64_t r, std::int64_t j) {
  return cached_row<T>(m, group.ancestors[r] ? group.ancestors[r][j * group.step] : group.first + j);
}

// Rows of keys or values that are looked at together, and so many are asked for ahead.
constexpr std::int64_t kRowBlock = 16;

// Some rows that each query sees, those of all queries the same where they are `shared`. The last one is repeated behind the others.
template <class T>
struct SeenRows {
  const T* of[kGroupQueries][kRowBlock];
  std::int64_t count;
  bool shared;
};

// Rows from j on
template <class T>
void find_rows(SeenRows<T>& rows, const Matrix& m, const Group& group, std::int64_t j) {
  rows.count = smaller(kRowBlock, group.length - j);
  rows.shared = true;
  if (rows.count == 0) return;
  for (std::int64_t r = 0; r < group.queries; r++)
    for (std::int64_t c = 0; c < kRowBlock; c++) {
      rows.of[r][c] = seen_row<T>(m, group, r, j + smaller(c, rows.count - 1));
      rows.shared = rows.shared && rows.of[r][c] == rows.of[0][c];
    }
}

// Rows that are asked for, each once.
template <class T>
struct AskedRows {
  const T* at[kGroupQueries * kRowBlock];
  int count;

  void add(const Matrix& m, const Group& group, std::int64_t j) {
    for (std::int64_t r = 0; r < group.queries; r++) {
      const T* row = seen_row<T>(m, group, r, j);
      if (r == 0 || row != at[count - 1]) at[count++] = row;
    }
  }
};

// First all keys of a group are read, then its values; the next group (or null) follows.
struct Reading {
  const Matrix& k;
  const Matrix& v;
  const Group& group;
  const Group* next;
};

// `count` rows from place `from` of that order on. None for the past of a single query, which often lies in a cache: it is computed as
// fast as it comes, and asking would take longer than it saves.
template <class T>
void find_asked(AskedRows<T>& asked, const Reading& reading, std::int64_t from, std::int64_t count) {
  asked.count = 0;
  if (reading.group.queries == 1 && reading.group.ancestors[0]) return;
  for (std::int64_t place = from; place < from + count; place++) {
    const bool later = place >= 2 * reading.group.length;
    if (later && !reading.next) return;
    const Group& group = later ? *reading.next : reading.group;
    const std::int64_t j = later ? place - 2 * reading.group.length : place;
    if (j < group.length) asked.add(reading.k, group, j);
    else if (j < 2 * group.length) asked.add(reading.v, group, j - group.length);
  }
}

// Asks for some columns: into the second cache, for all that is asked for ahead is more than fits into the first one.
template <class T>
inline void ask_for(const AskedRows<T>& asked, std::int64_t begin, std::int64_t end) {
  constexpr std::int64_t kLine = 64 / sizeof(T);
  for (int a = 0; a < asked.count; a++)
    for (std::int64_t i = begin; i < end; i += kLine) prefetch_second(asked.at[a] + i);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
