// z = p V: sums of values with the weights of attention.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// z [m, vectors] ← p [m, keys] · v [keys, vectors], with all sums in registers; the last vector may be partial. Row r
// sees seen[r] keys, at least as many as the row before. Values of keys that a row does not see may be infinite, so
// that they are not even multiplied by 0.
template <int m, int vectors, class N>
inline void weighted_columns(float* z, std::int64_t z_stride, const float* p, std::int64_t p_stride, const float* v,
                             std::int64_t v_stride, const std::int64_t* seen, N n) {
  Vec sums[m][vectors];
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++)
    GLASSFORMER_UNROLL
    for (int c = 0; c < vectors; c++) sums[r][c] = broadcast(0);
  for (std::int64_t j = 0; j < seen[0]; j++) {
    Vec value[vectors];
    GLASSFORMER_UNROLL
    for (int c = 0; c < vectors; c++) value[c] = load(v + j * v_stride + c * kLanes, n);
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) {
      const Vec weight = broadcast(p[r * p_stride + j]);
      GLASSFORMER_UNROLL
      for (int c = 0; c < vectors; c++) sums[r][c] = fma(weight, value[c], sums[r][c]);
    }
  }
  GLASSFORMER_UNROLL
  for (int r = 1; r < m; r++)
    for (std::int64_t j = seen[0]; j < seen[r]; j++) {
      const Vec weight = broadcast(p[r * p_stride + j]);
      GLASSFORMER_UNROLL
      for (int c = 0; c < vectors; c++) sums[r][c] = fma(weight, load(v + j * v_stride + c * kLanes, n), sums[r][c]);
    }
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++)
    GLASSFORMER_UNROLL
    for (int c = 0; c < vectors; c++) store(z + r * z_stride + c * kLanes, sums[r][c], n);
}

template <int m>
void weighted_sum(float* z, std::int64_t z_stride, const float* p, std::int64_t p_stride, const float* v,
                  std::int64_t v_stride, const std::int64_t* seen, std::int64_t width) {
  std::int64_t i = 0;
  for (; i + 2 * kLanes <= width; i += 2 * kLanes)
    weighted_columns<m, 2>(z + i, z_stride, p, p_stride, v + i, v_stride, seen, Whole{});
  for_columns(width - i, [&](std::int64_t j, auto n) {
    weighted_columns<m, 1>(z + i + j, z_stride, p, p_stride, v + i + j, v_stride, seen, n);
  });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
