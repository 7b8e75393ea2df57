// Vectors of bfloat16, with the names of halves_avx512.h.
#pragma once
#include "kernels/call.h"
#include "simd/simd_scalar.h"

namespace glassformer {
namespace scalar {
namespace {

typedef unsigned Bits __attribute__((vector_size(16)));

inline Vec load(const Bfloat16* p) {
  Bits bits = {};
  for (int i = 0; i < kLanes; i++) bits[i] = static_cast<unsigned>(p[i]);
  return reinterpret_cast<Vec>(bits << 16);
}
inline void store(Bfloat16* p, Vec a) {
  const Bits bits = reinterpret_cast<Bits>(a);
  const Bits nearest = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const Bits words = is_number(a) ? nearest : (bits >> 16) | 0x40;
  for (int i = 0; i < kLanes; i++) p[i] = static_cast<Bfloat16>(words[i]);
}

}  // namespace
}  // namespace scalar
}  // namespace glassformer

#include "simd/part_of_halves.h"
