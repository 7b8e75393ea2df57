// store_lanes of simd_avx512.h for instruction sets that cannot compress a vector: lane by lane, without branches.
#pragma once
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

inline int store_lanes(std::int32_t* to, Mask m, std::int64_t first) {
  const unsigned chosen = bits(m);
  int count = 0;
  for (int i = 0; i < kLanes; i++) {
    to[count] = static_cast<std::int32_t>(first) + i;
    count += chosen >> i & 1;
  }
  return count;
}
inline void store_lanes(float* to, Mask m, Vec a) {
  const unsigned chosen = bits(m);
  float lanes[kLanes];
  store(lanes, a);
  for (int i = 0; i < kLanes; i++) {
    *to = lanes[i];
    to += chosen >> i & 1;
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
