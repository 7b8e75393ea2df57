// AVX2 and FMA: vectors of 8 floats, with the names of simd_avx512.h.
#pragma once
#include <immintrin.h>
#include <cstdint>

#define GLASSFORMER_ISA avx2
#define GLASSFORMER_INTS

namespace glassformer {
namespace avx2 {
namespace {

using Vec = __m256;
using Mask = __m256;
constexpr int kLanes = 8;
constexpr int kRegisters = 16;
// 3 × 4 sums, 3 values of x and one of w use all 16 registers.
constexpr int kTileRows = 3;
constexpr int kPanelRows = 6;
struct Lanes {
  Vec part[2];
};

inline Vec broadcast(float a) { return _mm256_set1_ps(a); }
inline Vec load(const float* p) { return _mm256_loadu_ps(p); }
inline void store(float* p, Vec a) { _mm256_storeu_ps(p, a); }
inline __m256i first(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
inline Vec load_part(const float* p, int n) { return _mm256_maskload_ps(p, first(n)); }
inline void store_part(float* p, Vec a, int n) { _mm256_maskstore_ps(p, first(n), a); }
inline Vec keep_part(Vec a, Vec other, int n) { return _mm256_blendv_ps(other, a, _mm256_castsi256_ps(first(n))); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
inline Vec multiply_add(Vec a, Vec b, Vec c) { return fma(a, b, c); }
inline Vec max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
inline Vec min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
inline Vec sqrt(Vec a) { return _mm256_sqrt_ps(a); }
inline Vec abs(Vec a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
inline Vec round(Vec a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline Vec round(Vec a, Vec& rest) {
  const Vec n = round(a);
  rest = a - n;
  return n;
}
inline Mask less(Vec a, Vec b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
inline Mask nonzero(Vec a, Vec b) {
  return _mm256_or_ps(_mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_NEQ_UQ), _mm256_cmp_ps(b, _mm256_setzero_ps(), _CMP_NEQ_UQ));
}
inline Mask is_number(Vec a) { return _mm256_cmp_ps(a, a, _CMP_ORD_Q); }
inline Vec select(Mask m, Vec yes, Vec no) { return _mm256_blendv_ps(no, yes, m); }
inline unsigned bits(Mask m) { return static_cast<unsigned>(_mm256_movemask_ps(m)); }
inline Vec power_of_two(__m256i n) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}
// |n| ≤ 252 takes two factors, because 2^128 and 2^−150 are no floats.
inline Vec scale_by_power(Vec a, Vec n) {
  const __m256i whole = _mm256_cvtps_epi32(n);
  const __m256i half = _mm256_srai_epi32(whole, 1);
  return a * power_of_two(half) * power_of_two(_mm256_sub_epi32(whole, half));
}
inline Vec power_in_reach(Vec n) { return max(broadcast(-125.0f), n); }
inline Vec scale_in_reach(Vec a, Vec n) { return a * power_of_two(_mm256_cvtps_epi32(n)); }

// In each quarter of 4 lanes: [sum of its part of a, of b, of c, of d].
inline Vec quarter_sums4(Vec a, Vec b, Vec c, Vec d) {
  const Vec ab = _mm256_add_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
  const Vec cd = _mm256_add_ps(_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
  const Vec low = _mm256_shuffle_ps(ab, cd, _MM_SHUFFLE(1, 0, 1, 0));
  const Vec high = _mm256_shuffle_ps(ab, cd, _MM_SHUFFLE(3, 2, 3, 2));
  return _mm256_add_ps(low, high);
}
inline __m128 add_halves(Vec a) { return _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1)); }
inline __m128 sums4(Vec a, Vec b, Vec c, Vec d) { return add_halves(quarter_sums4(a, b, c, d)); }
inline void store_first4(float* y, int n, __m128 a) {
  if (n == 4) return _mm_storeu_ps(y, a);
  _mm_maskstore_ps(y, _mm256_castsi256_si128(first(n)), a);
}
inline void store_sums4(float* y, int n, Vec a, Vec b, Vec c, Vec d) { store_first4(y, n, sums4(a, b, c, d)); }
inline float sum(Vec a) { return _mm_cvtss_f32(sums4(a, a, a, a)); }
inline __m128 sums4(const Lanes& a, const Lanes& b, const Lanes& c, const Lanes& d) {
  return add_halves(quarter_sums4(a.part[0], b.part[0], c.part[0], d.part[0]) +
                    quarter_sums4(a.part[1], b.part[1], c.part[1], d.part[1]));
}
inline void store_sums4(float* y, int n, const Lanes& quarters) {
  store_first4(y, n, add_halves(quarters.part[0] + quarters.part[1]));
}
inline void store_sums(float* y, const Lanes (&a)[4]) { _mm_storeu_ps(y, sums4(a[0], a[1], a[2], a[3])); }
inline float sum(const Lanes& a) { return _mm_cvtss_f32(sums4(a, a, a, a)); }
inline float max_of(Vec a) {
  __m128 m = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  m = _mm_max_ps(m, _mm_movehl_ps(m, m));
  return _mm_cvtss_f32(_mm_max_ss(m, _mm_shuffle_ps(m, m, 1)));
}
inline Vec max_of_quarters(Vec a) {
  a = max(a, _mm256_permute_ps(a, _MM_SHUFFLE(1, 0, 3, 2)));
  return max(a, _mm256_permute_ps(a, _MM_SHUFFLE(2, 3, 0, 1)));
}
inline Vec sum_of_quarters(Vec a) {
  a = a + _mm256_permute_ps(a, _MM_SHUFFLE(1, 0, 3, 2));
  return a + _mm256_permute_ps(a, _MM_SHUFFLE(2, 3, 0, 1));
}
inline Vec load_quarters(const float* p, std::int64_t stride) {
  return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)), _mm_loadu_ps(p + stride), 1);
}
inline void store_quarters(float* p, std::int64_t stride, Vec a) {
  _mm_storeu_ps(p, _mm256_castps256_ps128(a));
  _mm_storeu_ps(p + stride, _mm256_extractf128_ps(a, 1));
}

inline void transpose(Vec (&rows)[kLanes]) {
  Vec pairs[kLanes];
  for (int i = 0; i < kLanes; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < kLanes; i += 4)
    for (int half = 0; half < 2; half++) {
      const __m256d low = _mm256_castps_pd(pairs[i + half]);
      const __m256d high = _mm256_castps_pd(pairs[i + 2 + half]);
      rows[i + 2 * half] = _mm256_castpd_ps(_mm256_unpacklo_pd(low, high));
      rows[i + 2 * half + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low, high));
    }
  for (int c = 0; c < 4; c++) {
    const Vec low = _mm256_permute2f128_ps(rows[c], rows[4 + c], 0x20);
    rows[4 + c] = _mm256_permute2f128_ps(rows[c], rows[4 + c], 0x31);
    rows[c] = low;
  }
}

template <class V>
inline V in_place(V a) {
  asm("" : "+x"(a));
  return a;
}

inline void prefetch_first(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
inline void prefetch_second(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }

}  // namespace
}  // namespace avx2
}  // namespace glassformer

#include "simd/halves_avx2.h"
#include "simd/ints_avx2.h"
#include "simd/lanes_by_bits.h"
