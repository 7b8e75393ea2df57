// Attention of a few queries to the same keys and values, as a step of decoding has it for the beams of a sentence. All heads go
// together, so that memory is read row by row; sums are collected as in scores.h and attention.h.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Queries whose sums are in registers at a time, and vectors of values that they meet.
constexpr int kFewRows = kLanes == 16 ? 4 : 1;
constexpr int kValueVectors = kLanes == 16 ? 4 : 8;

// The heads that a thread computes of a group, and where they are.
struct Heads {
  Range range;
  std::int64_t d_head;
};

// scores [heads · queries, stride] ← q [queries, all heads] · keysᵀ
template <class T>
void group_scores(float* scores, std::int64_t stride, const float* q, std::int64_t q_stride, const Reading& reading,
                  const Heads& heads) {
  const Group& group = reading.group;
  SeenRows<T> rows;
  AskedRows<T> asked;
  const auto score_head = [&](float* to, std::int64_t column, std::int64_t c) {
    const int count = static_cast<int>(smaller(kTileColumns, rows.count - c));
    std::int64_t r = 0;
    if (rows.shared)
      for (; r + kFewRows <= group.queries; r += kFewRows)
        score_tile<kFewRows>(to + r * stride, stride, q + r * q_stride + column, q_stride, rows.of[r] + c, count, column, heads.d_head);
    for (; r < group.queries; r++)
      score_tile<1>(to + r * stride, stride, q + r * q_stride + column, q_stride, rows.of[r] + c, count, column, heads.d_head);
  };
  for (std::int64_t j = 0; j < group.length; j += kRowBlock) {
    find_rows(rows, reading.k, group, j);
    for (std::int64_t c = 0; c < rows.count; c += kTileColumns) {
      find_asked(asked, reading, j + c + kRowBlock, kTileColumns);
      for (std::int64_t head = heads.range.begin; head < heads.range.end; head++) {
        ask_for(asked, head * heads.d_head, (head + 1) * heads.d_head);
        score_head(scores + (head - heads.range.begin) * group.queries * stride + j + c, head * heads.d_head, c);
      }
    }
  }
}

// z [m, d_head] ← (add ? z : 0) + p [m, count] · the columns from `column` on of `count` values
template <int m, class T>
void add_values(float* z, std::int64_t z_stride, const float* p, std::int64_t p_stride, const T* const* values, std::int64_t count,
                std::int64_t column, bool add, std::int64_t d_head) {
  constexpr std::int64_t kStep = kValueVectors * kLanes;
  const Small weights = {p, p_stride, 1};
  const auto columns_from = [&](std::int64_t first) { return [=](std::int64_t j) { return values[j] + first; }; };
  std::int64_t i = 0;
  for (; i + kStep <= d_head; i += kStep)
    small_tile<m, kValueVectors>(z + i, z_stride, weights, columns_from(column + i), count, add, Whole{});
  for_columns(d_head - i, [&](std::int64_t rest, auto n) {
    small_tile<m, 1>(z + i + rest, z_stride, weights, columns_from(column + i + rest), count, add, n);
  });
}

// z [queries, all heads] ← p [heads · queries, stride] · values
template <class T>
void group_values(float* z, std::int64_t z_stride, const float* p, std::int64_t stride, const Reading& reading, const Heads& heads) {
  const Group& group = reading.group;
  SeenRows<T> rows;
  AskedRows<T> asked;
  const auto add_head = [&](const float* from, std::int64_t column, bool add) {
    std::int64_t r = 0;
    if (rows.shared)
      for (; r + kFewRows <= group.queries; r += kFewRows)
        add_values<kFewRows>(z + r * z_stride + column, z_stride, from + r * stride, stride, rows.of[r], rows.count, column, add,
                             heads.d_head);
    for (; r < group.queries; r++)
      add_values<1>(z + r * z_stride + column, z_stride, from + r * stride, stride, rows.of[r], rows.count, column, add, heads.d_head);
  };
  // Once without keys: the sum of none.
  for (std::int64_t j = 0; j == 0 || j < group.length; j += kRowBlock) {
    find_rows(rows, reading.v, group, j);
    find_asked(asked, reading, group.length + j + kRowBlock, rows.count);
    for (std::int64_t head = heads.range.begin; head < heads.range.end; head++) {
      ask_for(asked, head * heads.d_head, (head + 1) * heads.d_head);
      add_head(p + (head - heads.range.begin) * group.queries * stride + j, head * heads.d_head, j > 0);
    }
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
