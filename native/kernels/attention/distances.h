// The part of attention that depends on the distance of query and key. A table has a row for each distance from −clip
// to clip; more distant keys use the first or the last row. Tables [2 clip + 1, d_head], which all heads share (Shaw et
// al. 2018, 3.2), add to keys and values. A bias [2 clip + 1, heads] (Raffel et al. 2020, 2.1) adds to scores.
#pragma once
#include "kernels/attention/scores.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/product/small_product.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// A table, and numbers [queries, stride]: one for each query and each of the table's first `rows` rows. Without a
// table, the functions below do nothing.
struct Distances {
  const Matrix& table;
  std::int64_t rows;
  float* numbers;
  std::int64_t stride;
};

inline std::int64_t clip_of(const Matrix& table) { return (table.rows - 1) / 2; }

// A query's range of keys among the first `seen` keys: keys before `begin` and keys from `end` on are more distant than
// clip.
struct Near {
  std::int64_t begin;
  std::int64_t end;
  std::int64_t row;  // row of the table for key `begin`
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

// scores [seen] += numbers [2 clip + 1] by the distances of the keys, for the query at place `query` of its sentence
void add_numbers(const float* numbers, std::int64_t clip, std::int64_t query, std::int64_t seen, float* scores) {
  const Near near = near_keys(query, seen, clip);
  for (std::int64_t j = 0; j < near.begin; j++) scores[j] += numbers[0];
  for_columns(near.end - near.begin, [&](std::int64_t i, auto n) {
    float* to = scores + near.begin + i;
    store(to, load(to, n) + load(numbers + near.row + i, n), n);
  });
  for (std::int64_t j = near.end; j < seen; j++) scores[j] += numbers[2 * clip];
}

// add_numbers for query r, if there is a table.
void add_by_distance(const Distances& d, std::int64_t r, std::int64_t query, std::int64_t seen, float* scores) {
  if (d.table.floats) add_numbers(d.numbers + r * d.stride, clip_of(d.table), query, seen, scores);
}

// sums [2 clip + 1] += `values` [seen], each at the distance of its key, in the order of the keys
void add_to_sums(float* sums, std::int64_t clip, std::int64_t query, std::int64_t seen, const float* values) {
  const Near near = near_keys(query, seen, clip);
  for (std::int64_t j = 0; j < near.begin; j++) sums[0] += values[j];
  for (std::int64_t j = near.begin; j < near.end; j++) sums[near.row + j - near.begin] += values[j];
  for (std::int64_t j = near.end; j < seen; j++) sums[2 * clip] += values[j];
}

// The numbers of query r ← `values` [seen] summed by the distances of their keys, if there is a table.
void sum_by_distance(const Distances& d, std::int64_t r, std::int64_t query, std::int64_t seen, const float* values) {
  if (!d.table.floats) return;
  clear_row(d.numbers + r * d.stride, d.rows);
  add_to_sums(d.numbers + r * d.stride, clip_of(d.table), query, seen, values);
}

// numbers [2 clip + 1] ← the column of a head of `bias`, at the distances between queries at places `first` to `last`
// of a sentence and its first `seen` keys
void gather_bias(const Matrix& bias, std::int64_t head, std::int64_t first, std::int64_t last, std::int64_t seen, float* numbers) {
  const std::int64_t clip = clip_of(bias);
  const auto row = [&](std::int64_t distance) { return clip + (distance < -clip ? -clip : smaller(distance, clip)); };
  for (std::int64_t d = row(-last); d <= row(seen - 1 - first); d++) numbers[d] = row_of(bias, d)[head];
}

// z [count, d_head] += numbers [count] · table
void add_distance_rows(const Distances& d, std::int64_t count, float* z, std::int64_t z_stride) {
  if (!d.table.floats) return;
  small_product(z, z_stride, count, {d.numbers, d.stride, 1}, d.table.floats, d.table.stride, d.rows, d.table.width, true);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
