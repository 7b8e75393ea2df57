// Functions of the instruction sets whose vectors have 4 floats: sums over lanes in the order in which AVX-512 adds its
// 16 lanes, where a vector is a quarter.
#pragma once
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Adds parts 0 and 2, 1 and 3, and both sums, as AVX-512 adds the quarters of a vector.
inline Vec add_parts(Vec a, Vec b, Vec c, Vec d) { return (a + c) + (b + d); }
inline void store_first4(float* y, int n, Vec a) {
  if (n == kLanes) return store(y, a);
  store_part(y, a, n);
}
inline void store_sums4(float* y, int n, Vec a, Vec b, Vec c, Vec d) { store_first4(y, n, quarter_sums4(a, b, c, d)); }
inline void store_sums4(float* y, int n, const Lanes& quarters) {
  store_first4(y, n, add_parts(quarters.part[0], quarters.part[1], quarters.part[2], quarters.part[3]));
}
inline void store_sums(float* y, const Lanes (&a)[4]) {
  Vec sums[4];
  for (int p = 0; p < 4; p++) sums[p] = quarter_sums4(a[0].part[p], a[1].part[p], a[2].part[p], a[3].part[p]);
  store(y, add_parts(sums[0], sums[1], sums[2], sums[3]));
}
inline float sum(const Lanes& a) { return (sum(a.part[0]) + sum(a.part[2])) + (sum(a.part[1]) + sum(a.part[3])); }
inline Vec max_of_quarters(Vec a) { return broadcast(max_of(a)); }
inline Vec sum_of_quarters(Vec a) { return broadcast(sum(a)); }
inline Vec load_quarters(const float* p, std::int64_t) { return load(p); }
inline void store_quarters(float* p, std::int64_t, Vec a) { store(p, a); }

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
