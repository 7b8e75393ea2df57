// The first n numbers of a vector of bfloat16, for instruction sets that load and store only whole vectors.
#pragma once
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

inline Vec load_part(const Bfloat16* p, int n) {
  Bfloat16 halves[kLanes] = {};
  for (int i = 0; i < n; i++) halves[i] = p[i];
  return load(halves);
}
inline void store_part(Bfloat16* p, Vec a, int n) {
  Bfloat16 halves[kLanes];
  store(halves, a);
  for (int i = 0; i < n; i++) p[i] = halves[i];
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
