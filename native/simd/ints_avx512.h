// Vectors of integers of 32 bits or less, for encoded weights: the names that ints_avx2.h gives as well.
#pragma once
#include <cstdint>

#include <immintrin.h>

#define GLASSFORMER_VNNI __attribute__((target("avx512vnni")))

namespace glassformer {
namespace avx512 {
namespace {

using Ints = __m512i;

inline Ints load_ints(const void* p) { return _mm512_loadu_si512(p); }
// 32 bits, in every lane
inline Ints broadcast_bits(const void* p) {
  int bits;
  __builtin_memcpy(&bits, p, sizeof bits);
  return _mm512_set1_epi32(bits);
}
inline Ints no_ints() { return _mm512_setzero_si512(); }
inline Ints add(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
inline Ints subtract(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
inline Ints times_128(Ints a) { return _mm512_slli_epi32(a, 7); }
inline Vec to_floats(Ints a) { return _mm512_cvtepi32_ps(a); }
// Bytes 0 and 2 of each lane, 1 and 3, as signed 16 bits.
inline Ints even_bytes(Ints a) { return _mm512_srai_epi16(_mm512_slli_epi16(a, 8), 8); }
inline Ints odd_bytes(Ints a) { return _mm512_srai_epi16(a, 8); }
// Each lane's sum of the products of two pairs of signed 16 bits.
inline Ints dot_words(Ints a, Ints b) { return _mm512_madd_epi16(a, b); }
// sum + in each lane the products of four bytes, those of a without sign.
GLASSFORMER_VNNI inline Ints dot_bytes(Ints sum, Ints a, Ints b) { return _mm512_dpbusd_epi32(sum, a, b); }
// The bfloat16 in the lower and in the upper half of each lane.
inline Vec lower_half(Ints a) { return _mm512_castsi512_ps(_mm512_slli_epi32(a, 16)); }
inline Vec upper_half(Ints a) {
  return _mm512_castsi512_ps(_mm512_and_si512(a, _mm512_set1_epi32(static_cast<int>(0xffff0000u))));
}
// to [16] ← the nearest integers, ties to even, 0, 2, 1, 3 of each four
inline void store_words(std::int16_t* to, Vec a) {
  const __m256i words = _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(a));
  const __m256i swapped = _mm256_shufflehi_epi16(_mm256_shufflelo_epi16(words, 0xd8), 0xd8);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), swapped);
}
// The nearest of 64 numbers as bytes, in their order
inline Ints signed_bytes(const Vec (&a)[4]) {
  // Four of each vector, by turns, and again.
  const Ints mixed = _mm512_packs_epi16(_mm512_packs_epi32(_mm512_cvtps_epi32(a[0]), _mm512_cvtps_epi32(a[1])),
                                        _mm512_packs_epi32(_mm512_cvtps_epi32(a[2]), _mm512_cvtps_epi32(a[3])));
  return _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), mixed);
}
// to [64] ← the same + 128
inline void store_bytes(std::uint8_t* to, const Vec (&a)[4]) {
  _mm512_storeu_si512(to, _mm512_xor_si512(signed_bytes(a), _mm512_set1_epi8(static_cast<char>(0x80))));
}
inline void store_signed_bytes(std::int8_t* to, const Vec (&a)[4]) { _mm512_storeu_si512(to, signed_bytes(a)); }
// The larger magnitude, and the largest of the lanes. As bits not-a-number is larger than every number.
inline Vec larger_magnitude(Vec magnitude, Vec a) {
  return _mm512_castsi512_ps(_mm512_max_epu32(_mm512_castps_si512(magnitude), _mm512_castps_si512(abs(a))));
}
inline float largest(Vec magnitudes) {
  const std::uint32_t bits = _mm512_reduce_max_epu32(_mm512_castps_si512(magnitudes));
  float most;
  __builtin_memcpy(&most, &bits, sizeof most);
  return most;
}

}  // namespace
}  // namespace avx512
}  // namespace glassformer
