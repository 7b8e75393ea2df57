// Spans [begin, end) of rows: row r of a matrix of integers holds span r.
#pragma once
#include <algorithm>
#include <cstdint>

#include "kernels/call.h"

namespace glassformer {

inline std::int64_t begin_of(const Matrix& spans, std::int64_t r) { return spans.integers[r * spans.stride]; }
inline std::int64_t end_of(const Matrix& spans, std::int64_t r) { return spans.integers[r * spans.stride + 1]; }
inline std::int64_t length_of(const Matrix& spans, std::int64_t r) { return end_of(spans, r) - begin_of(spans, r); }

inline std::int64_t longest(const Matrix& spans) {
  std::int64_t most = 0;
  for (std::int64_t r = 0; r < spans.rows; r++) most = std::max(most, length_of(spans, r));
  return most;
}

inline std::int64_t total_length(const Matrix& spans) {
  std::int64_t total = 0;
  for (std::int64_t r = 0; r < spans.rows; r++) total += length_of(spans, r);
  return total;
}

}  // namespace glassformer
