// Vectors of integers, with the names of ints_avx512.h.
#pragma once
#include <cstdint>

#include <immintrin.h>

#include "simd/simd_avx2.h"
#include "simd/set_bits.h"

#ifdef GLASSFORMER_EMULATED
#include "simd/emulated_vnni.h"
#define GLASSFORMER_VNNI
#else
#define GLASSFORMER_VNNI __attribute__((target("avxvnni")))
#endif

namespace glassformer {
namespace avx2 {
namespace {

using Ints = __m256i;

inline Ints load_ints(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
inline Ints broadcast_bits(const void* p) {
  int bits;
  __builtin_memcpy(&bits, p, sizeof bits);
  return _mm256_set1_epi32(bits);
}
inline Ints no_ints() { return _mm256_setzero_si256(); }
inline Ints add(Ints a, Ints b) { return _mm256_add_epi32(a, b); }
inline Ints subtract(Ints a, Ints b) { return _mm256_sub_epi32(a, b); }
inline std::int32_t sum(Ints a) {
  std::int32_t lanes[8];
  __builtin_memcpy(lanes, &a, sizeof lanes);
  std::int32_t all = 0;
  for (const std::int32_t lane : lanes) all += lane;
  return all;
}
inline Vec to_floats(Ints a) { return _mm256_cvtepi32_ps(a); }
inline Ints exclusive_or(Ints a, Ints b) { return _mm256_xor_si256(a, b); }
inline Ints magnitudes(Ints a) { return _mm256_abs_epi8(a); }
inline Ints negative(Ints a) { return _mm256_cmpgt_epi8(no_ints(), a); }
inline Ints dot_bytes_in_pairs(Ints a, Ints b) { return _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1)); }
inline Ints pair_magnitudes(Ints b) { return _mm256_maddubs_epi16(_mm256_abs_epi8(b), _mm256_set1_epi8(1)); }
inline Ints larger_pairs(Ints a, Ints b) { return _mm256_max_epi16(a, b); }
inline bool pairs_fit(Ints magnitudes) { return _mm256_movemask_epi8(_mm256_cmpgt_epi16(magnitudes, _mm256_set1_epi16(128))) == 0; }
inline Ints dot_small_bytes(Ints sum, Ints a, Ints b) { return add(sum, dot_bytes_in_pairs(a, b)); }
inline void store_in_turn(char* to, Ints a, Ints b) {
  const Ints first = _mm256_unpacklo_epi32(a, b);
  const Ints second = _mm256_unpackhi_epi32(a, b);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_permute2x128_si256(first, second, 0x20));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to) + 1, _mm256_permute2x128_si256(first, second, 0x31));
}
inline Ints every_byte(int value) { return _mm256_set1_epi8(static_cast<char>(value)); }
inline bool any_negative(Ints a) { return _mm256_movemask_epi8(a) != 0; }
inline int store_nonzero(std::int32_t* to, Ints a, std::int64_t first) {
  const int zero = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(a, no_ints())));
  return store_bits(to, static_cast<unsigned>(~zero & 0xff), first);
}
inline int store_nonzero_pairs(std::int32_t* to, Ints a, std::int64_t first) {
  const int zero = _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(a, no_ints())));
  return store_bits(to, static_cast<unsigned>(~zero & 0xf), first);
}
inline Ints lower_nibbles(Ints a) { return _mm256_and_si256(a, every_byte(15)); }
inline Ints upper_nibbles(Ints a) { return _mm256_and_si256(_mm256_srli_epi16(a, 4), every_byte(15)); }
#define GLASSFORMER_PAIR_SUMS
inline Ints add_nibbles(Ints sums, Ints nibbles, Ints x) { return _mm256_add_epi16(sums, _mm256_maddubs_epi16(nibbles, x)); }
inline Ints lower_twice(Ints a) { return _mm256_blend_epi16(a, _mm256_slli_epi32(a, 16), 0xaa); }
inline Ints upper_twice(Ints a) { return _mm256_blend_epi16(a, _mm256_srli_epi32(a, 16), 0x55); }
inline Ints lower_factors(Ints a) { return _mm256_and_si256(a, _mm256_set1_epi32(0xffff)); }
inline Ints upper_factors(Ints a) { return _mm256_srli_epi32(a, 16); }
inline Ints add_scaled(Ints total, Ints sums, Ints factors) { return add(total, _mm256_madd_epi16(sums, factors)); }
constexpr int kAddedToBytes = 128;
inline Ints added_to_sums(Ints sums) { return _mm256_slli_epi32(sums, 7); }
GLASSFORMER_VNNI inline Ints dot_bytes(Ints sum, Ints a, Ints b) { return _mm256_dpbusd_avx_epi32(sum, a, b); }
GLASSFORMER_VNNI inline Ints dot_scaled(Ints total, Ints sums, Ints factors) { return _mm256_dpwssd_avx_epi32(total, sums, factors); }
inline Vec lower_half(Ints a) { return _mm256_castsi256_ps(_mm256_slli_epi32(a, 16)); }
inline Vec upper_half(Ints a) {
  return _mm256_castsi256_ps(_mm256_and_si256(a, _mm256_set1_epi32(static_cast<int>(0xffff0000u))));
}
inline Ints signed_bytes(const Vec* a) {
  const Ints mixed = _mm256_packs_epi16(_mm256_packs_epi32(_mm256_cvtps_epi32(a[0]), _mm256_cvtps_epi32(a[1])),
                                        _mm256_packs_epi32(_mm256_cvtps_epi32(a[2]), _mm256_cvtps_epi32(a[3])));
  return _mm256_permutevar8x32_epi32(mixed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}
inline void store_bytes(std::uint8_t* to, const Vec (&a)[8]) {
  const Ints sign = _mm256_set1_epi8(static_cast<char>(0x80));
  for (int half = 0; half < 2; half++)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to) + half, exclusive_or(signed_bytes(a + 4 * half), sign));
}
inline Vec larger_magnitude(Vec magnitude, Vec a) {
  return _mm256_castsi256_ps(_mm256_max_epu32(_mm256_castps_si256(magnitude), _mm256_castps_si256(abs(a))));
}
inline float largest(Vec magnitudes) {
  const __m256i all = _mm256_castps_si256(magnitudes);
  __m128i most = _mm_max_epu32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
  most = _mm_max_epu32(most, _mm_shuffle_epi32(most, _MM_SHUFFLE(1, 0, 3, 2)));
  return _mm_cvtss_f32(_mm_castsi128_ps(_mm_max_epu32(most, _mm_shuffle_epi32(most, _MM_SHUFFLE(2, 3, 0, 1)))));
}

}  // namespace
}  // namespace avx2
}  // namespace glassformer
