// The part of attention that depends on the distance of query and key (Shaw et al. 2018, 3.2): tables [2 clip + 1, d_head] with a row for
// each distance from −clip to clip. Keys that are further away have the first or the last row. All heads share the tables.
#pragma once
#include "kernels/attention/scores.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/product/small_product.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// A table, and a number for each of its first `rows` rows and some queries: [queries, stride]. Without a table the functions below do
// nothing.
struct Distances {
  const Matrix& table;
  std::int64_t rows;
  float* numbers;
  std::int64_t stride;
};

inline std::int64_t clip_of(const Matrix& table) { return (table.rows - 1) / 2; }

// Of the first `seen` keys, keys before `begin` are too far before the query, and keys from `end` on are too far behind it.
struct Near {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t row;  // of the table, for key `begin`
};

inline Near near_keys(std::int64_t query, std::int64_t seen, std::int64_t clip) {
  const std::int64_t begin = query > clip ? smaller(query - clip, seen) : 0;
  const std::int64_t end = smaller(query + clip, seen);
  return {begin, end > begin ? end : begin, begin - query + clip};
}

// numbers [count] ← x [count, d_head] · tableᵀ
void multiply_distances(const Distances& d, std::int64_t count, const float* x, std::int64_t x_stride) {
  if (!d.table.floats) return;
  score_by_fours(d.numbers, d.stride, {x, x_stride, count, d.table.floats, d.table.stride, d.rows, d.table.width}, 0);
}

// scores [seen] of query r, which stands at `query` of its sentence, += its numbers by the distances of keys
void add_by_distance(const Distances& d, std::int64_t r, std::int64_t query, std::int64_t seen, float* scores) {
  if (!d.table.floats) return;
  const std::int64_t clip = clip_of(d.table);
  const Near near = near_keys(query, seen, clip);
  const float* numbers = d.numbers + r * d.stride;
  for (std::int64_t j = 0; j < near.begin; j++) scores[j] += numbers[0];
  for_columns(near.end - near.begin, [&](std::int64_t i, auto n) {
    float* to = scores + near.begin + i;
    store(to, load(to, n) + load(numbers + near.row + i, n), n);
  });
  for (std::int64_t j = near.end; j < seen; j++) scores[j] += numbers[2 * clip];
}

// The numbers of query r ← the sums of `values` [seen] over the keys of each distance, in their order
void sum_by_distance(const Distances& d, std::int64_t r, std::int64_t query, std::int64_t seen, const float* values) {
  if (!d.table.floats) return;
  const std::int64_t clip = clip_of(d.table);
  const Near near = near_keys(query, seen, clip);
  float* sums = d.numbers + r * d.stride;
  for_columns(d.rows, [&](std::int64_t i, auto n) { store(sums + i, broadcast(0), n); });
  for (std::int64_t j = 0; j < near.begin; j++) sums[0] += values[j];
  for (std::int64_t j = near.begin; j < near.end; j++) sums[near.row + j - near.begin] += values[j];
  for (std::int64_t j = near.end; j < seen; j++) sums[2 * clip] += values[j];
}

// z [count, d_head] += numbers [count] · table
void add_distance_rows(const Distances& d, std::int64_t count, float* z, std::int64_t z_stride) {
  if (!d.table.floats) return;
  small_product(z, z_stride, count, {d.numbers, d.stride, 1}, d.table.floats, d.table.stride, d.rows, d.table.width, true);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
