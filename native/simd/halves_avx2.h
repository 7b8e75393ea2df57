// Vectors of bfloat16, with the names of halves_avx512.h.
#pragma once
#include <immintrin.h>

#include "kernels/call.h"
#include "simd/simd_avx2.h"

namespace glassformer {
namespace avx2 {
namespace {

inline Vec widened(__m128i halves) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16)); }
inline Vec load(const Bfloat16* p) { return widened(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))); }
inline Vec load_part(const Bfloat16* p, int n) {
  alignas(16) Bfloat16 halves[kLanes] = {};
  for (int i = 0; i < n; i++) halves[i] = p[i];
  return load(halves);
}

inline __m128i narrowed(Vec a) {
  const __m256i bits = _mm256_castps_si256(a);
  const __m256i upper = _mm256_srli_epi32(bits, 16);
  const __m256i half = _mm256_add_epi32(_mm256_and_si256(upper, _mm256_set1_epi32(1)), _mm256_set1_epi32(0x7fff));
  const __m256i nearest = _mm256_srli_epi32(_mm256_add_epi32(bits, half), 16);
  const __m256i quiet = _mm256_or_si256(upper, _mm256_set1_epi32(0x40));
  const __m256i words = _mm256_blendv_epi8(quiet, nearest, _mm256_castps_si256(is_number(a)));
  return _mm_packus_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}
inline void store(Bfloat16* p, Vec a) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), narrowed(a)); }
inline void store_part(Bfloat16* p, Vec a, int n) {
  alignas(16) Bfloat16 halves[kLanes];
  store(halves, a);
  for (int i = 0; i < n; i++) p[i] = halves[i];
}

}  // namespace
}  // namespace avx2
}  // namespace glassformer
