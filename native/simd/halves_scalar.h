// Vectors of bfloat16 under the names of halves_avx512.h.
#pragma once
#include "kernels/call.h"
#include "simd/simd_scalar.h"

namespace glassformer {
namespace scalar {
namespace {

typedef unsigned Bits __attribute__((vector_size(16)));

inline Vec load_part(const Bfloat16* p, int n) {
  Bits bits = {};
  for (int i = 0; i < n; i++) bits[i] = static_cast<unsigned>(p[i]);
  return reinterpret_cast<Vec>(bits << 16);
}
inline Vec load(const Bfloat16* p) { return load_part(p, kLanes); }

inline void store_part(Bfloat16* p, Vec a, int n) {
  const Bits bits = reinterpret_cast<Bits>(a);
  const Bits nearest = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const Bits words = is_number(a) ? nearest : (bits >> 16) | 0x40;
  for (int i = 0; i < n; i++) p[i] = static_cast<Bfloat16>(words[i]);
}
inline void store(Bfloat16* p, Vec a) { store_part(p, a, kLanes); }

}  // namespace
}  // namespace scalar
}  // namespace glassformer
