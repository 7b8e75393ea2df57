// AVX-512: vectors of 16 floats. Every simd_*.h has the same names in a namespace of its own, and kernels are written
// with these names.
#pragma once
#include <immintrin.h>
#include <cstdint>

#define GLASSFORMER_ISA avx512
// There are vectors of integers, with all functions of ints_avx512.h.
#define GLASSFORMER_INTS
// Functions may use AVX512-VNNI, AVX512-BF16 and AMX on processors that have them.
#define GLASSFORMER_BFLOAT16

namespace glassformer {
namespace avx512 {
namespace {

using Vec = __m512;
using Mask = __mmask16;
constexpr int kLanes = 16;
constexpr int kRegisters = 32;
// The rows of x of a register tile of dot products: 6 × 4 sums, 6 values of x and one of w use 31 of 32 registers.
constexpr int kTileRows = 6;
// The rows of a packed panel: 14 × 2 sums, 2 vectors of one factor and a value of the other use 31 registers.
constexpr int kPanelRows = 14;
// 16 lanes, in one vector or several. Their sum has the same order on every instruction set: with lanes l and q[i] =
// (l[4i] + l[4i + 2]) + (l[4i + 1] + l[4i + 3]), it is (q[0] + q[2]) + (q[1] + q[3]).
struct Lanes {
  Vec part[1];
};

inline Vec broadcast(float a) { return _mm512_set1_ps(a); }
inline Vec load(const float* p) { return _mm512_loadu_ps(p); }
inline void store(float* p, Vec a) { _mm512_storeu_ps(p, a); }
inline Mask first(int n) { return static_cast<Mask>((1u << n) - 1); }
// The first n < kLanes values, and zeros after them. Memory after them is not read.
inline Vec load_part(const float* p, int n) { return _mm512_maskz_loadu_ps(first(n), p); }
inline void store_part(float* p, Vec a, int n) { _mm512_mask_storeu_ps(p, first(n), a); }
// The first n values of a, and the rest of `other`.
inline Vec keep_part(Vec a, Vec other, int n) { return _mm512_mask_blend_ps(first(n), other, a); }
// a · b + c, rounded once.
inline Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
// a · b + c, as fast as the machine can; the product may be rounded.
inline Vec multiply_add(Vec a, Vec b, Vec c) { return fma(a, b, c); }
// Returns the second operand if either is NaN.
inline Vec max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
inline Vec min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
inline Vec sqrt(Vec a) { return _mm512_sqrt_ps(a); }
inline Vec abs(Vec a) { return _mm512_abs_ps(a); }
inline Vec round(Vec a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline Mask less(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
// Lanes in which a or b is not 0; NaN is not 0.
inline Mask nonzero(Vec a, Vec b) { return _mm512_test_epi32_mask(_mm512_castps_si512(_mm512_or_ps(a, b)), _mm512_set1_epi32(0x7fffffff)); }
// nonzero for lanes that hold two bfloat16.
inline Mask nonzero_halves(Vec a, Vec b) { return _mm512_test_epi32_mask(_mm512_castps_si512(_mm512_or_ps(a, b)), _mm512_set1_epi32(0x7fff7fff)); }
// to ← the numbers of a mask's lanes, counted from `first`; returns how many there are. A whole vector is stored.
inline int store_lanes(std::int32_t* to, Mask m, std::int64_t first) {
  const __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(m, _mm512_add_epi32(numbers, _mm512_set1_epi32(static_cast<int>(first)))));
  return __builtin_popcount(m);
}
// to ← the values of a in a mask's lanes
inline void store_lanes(float* to, Mask m, Vec a) { _mm512_storeu_ps(to, _mm512_maskz_compress_ps(m, a)); }
inline Mask is_number(Vec a) { return _mm512_cmp_ps_mask(a, a, _CMP_ORD_Q); }
inline Vec select(Mask m, Vec yes, Vec no) { return _mm512_mask_blend_ps(m, no, yes); }
// A bit for each lane.
inline unsigned bits(Mask m) { return m; }
// Rounds a; rest ← a − round(a). On Intel, reduce takes half the time of roundscale.
inline Vec round(Vec a, Vec& rest) {
  rest = _mm512_reduce_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return a - rest;
}
// a · 2^n for integral n, with gradual underflow, up to infinity. For n = −∞ it is 0, even if a is NaN.
inline Vec scale_by_power(Vec a, Vec n) { return _mm512_scalef_ps(a, n); }
// Limits n ≤ 0 to the powers that scale_in_reach accepts: below −125 it may be −125.
inline Vec power_in_reach(Vec n) { return n; }
// a · 2^n for n of power_in_reach.
inline Vec scale_in_reach(Vec a, Vec n) { return scale_by_power(a, n); }

// In each quarter of the lanes: [sum of its part of a, of b, of c, of d].
inline Vec quarter_sums4(Vec a, Vec b, Vec c, Vec d) {
  const Vec ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
  const Vec cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
  const Vec low = _mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(1, 0, 1, 0));
  const Vec high = _mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(3, 2, 3, 2));
  return _mm512_add_ps(low, high);
}
inline __m128 add_quarters(Vec quarters) {
  const __m256 halves = _mm256_add_ps(_mm512_castps512_ps256(quarters), _mm512_extractf32x8_ps(quarters, 1));
  return _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1));
}
// [sum of a, of b, of c, of d]. The order of a sum does not depend on its place.
inline __m128 sums4(Vec a, Vec b, Vec c, Vec d) { return add_quarters(quarter_sums4(a, b, c, d)); }
inline void store_first4(float* y, int n, __m128 a) { _mm_mask_storeu_ps(y, static_cast<__mmask8>((1u << n) - 1), a); }
// y [n] ← the first n of sums4, n from 1 to 4
inline void store_sums4(float* y, int n, Vec a, Vec b, Vec c, Vec d) { store_first4(y, n, sums4(a, b, c, d)); }
// store_sums4 for lanes that are quarter_sums4 already.
inline void store_sums4(float* y, int n, const Lanes& quarters) { store_first4(y, n, add_quarters(quarters.part[0])); }
inline void store_sums(float* y, const Lanes (&a)[4]) {
  _mm_storeu_ps(y, sums4(a[0].part[0], a[1].part[0], a[2].part[0], a[3].part[0]));
}
// y [count] ← the sum of each of 8 or 16 Lanes: four are reduced to quarters together, and then quarters 0 and 2, 1 and
// 3, and both sums are added.
template <int count>
inline void store_sums(float* y, const Lanes (&a)[count]) {
  const auto quarters = [&](int i) { return quarter_sums4(a[i].part[0], a[i + 1].part[0], a[i + 2].part[0], a[i + 3].part[0]); };
  const auto halves = [&](int i) {
    const Vec some = quarters(i);
    const Vec more = quarters(i + 4);
    return _mm512_add_ps(_mm512_shuffle_f32x4(some, more, 0x44), _mm512_shuffle_f32x4(some, more, 0xee));
  };
  const Vec some = halves(0);
  const Vec more = count == 8 ? some : halves(count - 8);
  const Vec sums = _mm512_add_ps(_mm512_shuffle_f32x4(some, more, 0x88), _mm512_shuffle_f32x4(some, more, 0xdd));
  if (count == kLanes) store(y, sums);
  else _mm256_storeu_ps(y, _mm512_castps512_ps256(sums));
}
inline float sum(Vec a) { return _mm_cvtss_f32(sums4(a, a, a, a)); }
inline float sum(const Lanes& a) { return sum(a.part[0]); }
inline float max_of(Vec a) { return _mm512_reduce_max_ps(a); }
// The highest number of each quarter, in all of its lanes; and the sum of each quarter, in the order of `sum`.
inline Vec max_of_quarters(Vec a) {
  a = max(a, _mm512_permute_ps(a, _MM_SHUFFLE(1, 0, 3, 2)));
  return max(a, _mm512_permute_ps(a, _MM_SHUFFLE(2, 3, 0, 1)));
}
inline Vec sum_of_quarters(Vec a) {
  a = a + _mm512_permute_ps(a, _MM_SHUFFLE(1, 0, 3, 2));
  return a + _mm512_permute_ps(a, _MM_SHUFFLE(2, 3, 0, 1));
}
// Loads quarters that are `stride` floats apart.
inline Vec load_quarters(const float* p, std::int64_t stride) {
  const Vec two = _mm512_insertf32x4(_mm512_castps128_ps512(_mm_loadu_ps(p)), _mm_loadu_ps(p + stride), 1);
  return _mm512_insertf32x4(_mm512_insertf32x4(two, _mm_loadu_ps(p + 2 * stride), 2), _mm_loadu_ps(p + 3 * stride), 3);
}
inline void store_quarters(float* p, std::int64_t stride, Vec a) {
  _mm_storeu_ps(p, _mm512_castps512_ps128(a));
  _mm_storeu_ps(p + stride, _mm512_extractf32x4_ps(a, 1));
  _mm_storeu_ps(p + 2 * stride, _mm512_extractf32x4_ps(a, 2));
  _mm_storeu_ps(p + 3 * stride, _mm512_extractf32x4_ps(a, 3));
}

// Exchanges rows[i] lane j and rows[j] lane i.
inline void transpose(Vec (&rows)[kLanes]) {
  Vec pairs[kLanes];
  for (int i = 0; i < kLanes; i += 2) {
    pairs[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
  }
  // rows[4g + c] ← in quarter q, column 4q + c of the rows 4g … 4g + 3
  for (int i = 0; i < kLanes; i += 4)
    for (int half = 0; half < 2; half++) {
      const __m512d low = _mm512_castps_pd(pairs[i + half]);
      const __m512d high = _mm512_castps_pd(pairs[i + 2 + half]);
      rows[i + 2 * half] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, high));
      rows[i + 2 * half + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, high));
    }
  for (int c = 0; c < 4; c++) {
    const Vec even = _mm512_shuffle_f32x4(rows[c], rows[4 + c], 0x88);
    const Vec odd = _mm512_shuffle_f32x4(rows[c], rows[4 + c], 0xdd);
    const Vec even2 = _mm512_shuffle_f32x4(rows[8 + c], rows[12 + c], 0x88);
    const Vec odd2 = _mm512_shuffle_f32x4(rows[8 + c], rows[12 + c], 0xdd);
    rows[c] = _mm512_shuffle_f32x4(even, even2, 0x88);
    rows[4 + c] = _mm512_shuffle_f32x4(odd, odd2, 0x88);
    rows[8 + c] = _mm512_shuffle_f32x4(even, even2, 0xdd);
    rows[12 + c] = _mm512_shuffle_f32x4(odd, odd2, 0xdd);
  }
}

// Keeps a vector in a register. Compilers might otherwise load it again for each use, or add in another order for which
// registers do not suffice.
template <class V>
inline V in_place(V a) {
  asm("" : "+v"(a));
  return a;
}

inline void prefetch_first(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T0); }
inline void prefetch_second(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }

}  // namespace
}  // namespace avx512
}  // namespace glassformer

#include "simd/halves_avx512.h"
#include "simd/ints_avx512.h"
