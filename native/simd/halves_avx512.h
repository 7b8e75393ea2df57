// Vectors of bfloat16 in memory, which registers hold as floats. Every halves_*.h has the same names.
#pragma once
#include <immintrin.h>

#include "kernels/call.h"
#include "simd/simd_avx512.h"

namespace glassformer {
namespace avx512 {
namespace {

inline Vec widened(__m256i halves) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16)); }
inline Vec load(const Bfloat16* p) { return widened(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))); }
// Loads two vectors. Each lane takes its half from any of 32.
inline void load_two(const Bfloat16* p, Vec& first, Vec& second) {
  constexpr __mmask32 kUpper = 0xaaaaaaaa;
  const __m512i from = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i halves = _mm512_loadu_si512(p);
  const auto upper = [&](int begin) {
    const __m512i places = _mm512_slli_epi32(_mm512_add_epi32(from, _mm512_set1_epi32(begin)), 16);
    return _mm512_castsi512_ps(_mm512_maskz_permutexvar_epi16(kUpper, places, halves));
  };
  first = upper(0);
  second = upper(kLanes);
}
// Loads two vectors in less time: the even columns, and the odd columns.
inline void load_apart(const Bfloat16* p, Vec& even, Vec& odd) {
  __m512i halves = _mm512_loadu_si512(p);
  // The asm statement keeps compilers from loading the halves twice, once for each instruction: the processor cannot
  // load as much at a time.
  asm("" : "+v"(halves));
  even = _mm512_castsi512_ps(_mm512_slli_epi32(halves, 16));
  odd = _mm512_castsi512_ps(_mm512_and_si512(halves, _mm512_set1_epi32(static_cast<int>(0xffff0000))));
}
inline void store_apart(float* to, Vec even, Vec odd, Bfloat16) {
  const __m512i lower = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  store(to, _mm512_permutex2var_ps(even, lower, odd));
  store(to + kLanes, _mm512_permutex2var_ps(even, _mm512_add_epi32(lower, _mm512_set1_epi32(8)), odd));
}
inline Vec load_part(const Bfloat16* p, int n) { return widened(_mm256_maskz_loadu_epi16(first(n), p)); }

// The nearest bfloat16, ties to even. NaN stays NaN, even if its fraction is in the lower half. AVX512-BF16 has an
// instruction, but it turns denormal numbers into 0.
inline __m256i narrowed(Vec a) {
  const __m512i bits = _mm512_castps_si512(a);
  const Mask odd = _mm512_test_epi32_mask(bits, _mm512_set1_epi32(0x10000));
  const __m512i half = _mm512_mask_blend_epi32(odd, _mm512_set1_epi32(0x7fff), _mm512_set1_epi32(0x8000));
  const __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
  const __m512i nearest = _mm512_mask_add_epi32(quiet, is_number(a), bits, half);
  const __m512i uppers = _mm512_setr_epi32(0x30001, 0x70005, 0xb0009, 0xf000d, 0x130011, 0x170015, 0x1b0019, 0x1f001d,  //
                                           0, 0, 0, 0, 0, 0, 0, 0);
  return _mm512_castsi512_si256(_mm512_permutexvar_epi16(uppers, nearest));
}
inline void store(Bfloat16* p, Vec a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), narrowed(a)); }
inline void store_part(Bfloat16* p, Vec a, int n) { _mm256_mask_storeu_epi16(p, first(n), narrowed(a)); }

}  // namespace
}  // namespace avx512
}  // namespace glassformer
