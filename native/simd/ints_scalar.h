// The functions of ints_avx512.h that plain code uses.
#pragma once
#include "simd/simd_scalar.h"

namespace glassformer {
namespace scalar {
namespace {

// The bits of magnitudes ascend as the magnitudes do.
inline Vec larger_magnitude(Vec magnitude, Vec a) {
  const Vec other = abs(a);
  return select(reinterpret_cast<Mask>(other) > reinterpret_cast<Mask>(magnitude), other, magnitude);
}
inline float largest(Vec magnitudes) {
  Vec most = broadcast(magnitudes[0]);
  for (int lane = 1; lane < kLanes; lane++) most = larger_magnitude(most, broadcast(magnitudes[lane]));
  return most[0];
}

}  // namespace
}  // namespace scalar
}  // namespace glassformer
