// Checks of ids and spans before a program is played. They throw ERR_SHAPE.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>

#include "core/failure.h"
#include "core/spans.h"
#include "kernels/call.h"

namespace glassformer {

inline std::string text(std::int64_t value) { return std::to_string(value); }

// Each value of a column is in [low, high).
inline void expect_range(const char* what, const Matrix& m, std::int64_t column, std::int64_t low, std::int64_t high) {
  for (std::int64_t r = 0; r < m.rows; r++) {
    const std::int64_t value = m.integers[r * m.stride + column];
    if (value < low || value >= high)
      refuse(std::string(what) + " " + text(value) + " at row " + text(r) + " is outside [" + text(low) + ", " + text(high) + ")");
  }
}

// Each value of all columns is in [low, high). An operand that is left out has no columns.
inline void expect_all_in_range(const char* what, const Matrix& m, std::int64_t low, std::int64_t high) {
  for (std::int64_t column = 0; column < m.width; column++) expect_range(what, m, column, low, high);
}

// Each row is a span [begin, end) within `limit` rows.
inline void expect_spans(const char* what, const Matrix& spans, std::int64_t limit) {
  for (std::int64_t r = 0; r < spans.rows; r++) {
    const std::int64_t begin = begin_of(spans, r);
    const std::int64_t end = end_of(spans, r);
    if (begin < 0 || begin > end || end > limit)
      refuse(std::string(what) + " [" + text(begin) + ", " + text(end) + ") at row " + text(r) + " is no span of " +
             text(limit) + " rows");
  }
}

// The spans of queries follow each other and cover all rows.
inline void expect_tiling(const Matrix& queries, std::int64_t rows) {
  std::int64_t end = 0;
  for (std::int64_t b = 0; b < queries.rows; b++) {
    if (begin_of(queries, b) != end)
      refuse("queries at row " + text(b) + " begin at " + text(begin_of(queries, b)) + ", not at " + text(end));
    end = end_of(queries, b);
  }
  if (end != rows) refuse("queries cover " + text(end) + " of " + text(rows) + " rows");
}

// Each position, plus the offset, is a row of the table. Positions and table may both be left out.
inline void expect_positions(const Matrix& positions, const Matrix& table, std::int64_t offset) {
  if (positions.width) expect_range("position", positions, 0, std::max<std::int64_t>(0, -offset), table.rows - offset);
}

}  // namespace glassformer
