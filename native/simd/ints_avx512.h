// Vectors of integers of at most 32 bits, for encoded weights. Every ints_*.h has the same names.
#pragma once
#include <cstdint>

#include <immintrin.h>

#include "simd/simd_avx512.h"

#define GLASSFORMER_VNNI __attribute__((target("avx512vnni")))

namespace glassformer {
namespace avx512 {
namespace {

using Ints = __m512i;

inline Ints load_ints(const void* p) { return _mm512_loadu_si512(p); }
// The 32 bits at p, in every lane.
inline Ints broadcast_bits(const void* p) {
  int bits;
  __builtin_memcpy(&bits, p, sizeof bits);
  return _mm512_set1_epi32(bits);
}
inline Ints no_ints() { return _mm512_setzero_si512(); }
inline Ints add(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
inline Ints subtract(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
inline std::int32_t sum(Ints a) { return _mm512_reduce_add_epi32(a); }
inline Vec to_floats(Ints a) { return _mm512_cvtepi32_ps(a); }
inline Ints exclusive_or(Ints a, Ints b) { return _mm512_xor_si512(a, b); }
// The magnitudes of signed bytes.
inline Ints magnitudes(Ints a) { return _mm512_abs_epi8(a); }
// Bytes: −1 where a is negative, and 0 elsewhere.
inline Ints negative(Ints a) { return _mm512_movm_epi8(_mm512_movepi8_mask(a)); }
// The sum of the products of four bytes, in each lane. Two products at a time are added in 16 bits, with saturation.
// The bytes of a are unsigned; in dot_small_bytes they are at most 127, so that 16 bits hold two products.
inline Ints dot_bytes_in_pairs(Ints a, Ints b) { return _mm512_madd_epi16(_mm512_maddubs_epi16(a, b), _mm512_set1_epi16(1)); }
// |b0| + |b1| of neighboring bytes, in 16 bits; the larger of two such sums; and whether 16 bits hold the sum of two
// products with bytes up to 255.
inline Ints pair_magnitudes(Ints b) { return _mm512_maddubs_epi16(_mm512_abs_epi8(b), _mm512_set1_epi8(1)); }
inline Ints larger_pairs(Ints a, Ints b) { return _mm512_max_epi16(a, b); }
inline bool pairs_fit(Ints magnitudes) { return _mm512_cmpgt_epi16_mask(magnitudes, _mm512_set1_epi16(128)) == 0; }
inline Ints dot_small_bytes(Ints sum, Ints a, Ints b) { return add(sum, dot_bytes_in_pairs(a, b)); }
// to ← the lanes of a and b alternately
inline void store_in_turn(char* to, Ints a, Ints b) {
  const Ints first = _mm512_unpacklo_epi32(a, b);
  const Ints second = _mm512_unpackhi_epi32(a, b);
  _mm512_storeu_si512(to, _mm512_permutex2var_epi64(first, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), second));
  _mm512_storeu_si512(to + 64, _mm512_permutex2var_epi64(first, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), second));
}
inline Ints every_byte(int value) { return _mm512_set1_epi8(static_cast<char>(value)); }
inline bool any_negative(Ints a) { return _mm512_movepi8_mask(a) != 0; }
// to ← the numbers of the lanes that are not 0, counted from `first`; returns how many there are. A whole vector is
// stored.
inline int store_nonzero(std::int32_t* to, Ints a, std::int64_t first) { return store_lanes(to, _mm512_test_epi32_mask(a, a), first); }
// store_nonzero for pairs of lanes.
inline int store_nonzero_pairs(std::int32_t* to, Ints a, std::int64_t first) {
  return store_lanes(to, static_cast<Mask>(_mm512_test_epi64_mask(a, a)), first);
}
// The lower and the upper four bits of each byte.
inline Ints lower_nibbles(Ints a) { return _mm512_and_si512(a, every_byte(15)); }
inline Ints upper_nibbles(Ints a) { return _mm512_and_si512(_mm512_srli_epi16(a, 4), every_byte(15)); }
// The products of bytes from 0 to 15 and signed bytes are added in two sums of 16 bits in each lane, which hold eight
// such products each.
#define GLASSFORMER_PAIR_SUMS
inline Ints add_nibbles(Ints sums, Ints nibbles, Ints x) { return _mm512_add_epi16(sums, _mm512_maddubs_epi16(nibbles, x)); }
// The lower or upper 16-bit integers of the lanes: in both halves of the lanes, and as factors of add_scaled.
inline Ints lower_twice(Ints a) { return _mm512_mask_blend_epi16(0xaaaaaaaa, a, _mm512_slli_epi32(a, 16)); }
inline Ints upper_twice(Ints a) { return _mm512_mask_blend_epi16(0x55555555, a, _mm512_srli_epi32(a, 16)); }
inline Ints lower_factors(Ints a) { return _mm512_and_si512(a, _mm512_set1_epi32(0xffff)); }
inline Ints upper_factors(Ints a) { return _mm512_srli_epi32(a, 16); }
// total + sums · factors, for sums that fit 16 bits: one sum in each lane, or two with the factor in both halves of the
// lane.
inline Ints add_scaled(Ints total, Ints sums, Ints factors) { return add(total, _mm512_madd_epi16(sums, factors)); }
// The number that is added to a row's bytes for dot_bytes, and the resulting excess of the sums of products with
// weights whose sums are `sums`.
constexpr int kAddedToBytes = 128;
inline Ints added_to_sums(Ints sums) { return _mm512_slli_epi32(sums, 7); }
// sum + the products of four bytes, in each lane. The bytes of a are unsigned.
GLASSFORMER_VNNI inline Ints dot_bytes(Ints sum, Ints a, Ints b) { return _mm512_dpbusd_epi32(sum, a, b); }
// add_scaled as one instruction.
GLASSFORMER_VNNI inline Ints dot_scaled(Ints total, Ints sums, Ints factors) { return _mm512_dpwssd_epi32(total, sums, factors); }
// The bfloat16 in the lower and in the upper half of each lane.
inline Vec lower_half(Ints a) { return _mm512_castsi512_ps(_mm512_slli_epi32(a, 16)); }
inline Vec upper_half(Ints a) {
  return _mm512_castsi512_ps(_mm512_and_si512(a, _mm512_set1_epi32(static_cast<int>(0xffff0000u))));
}
// 4 · kLanes numbers, rounded to bytes in their order.
inline Ints signed_bytes(const Vec* a) {
  // Packing takes four numbers of each vector in turn; the permutation restores their order.
  const Ints mixed = _mm512_packs_epi16(_mm512_packs_epi32(_mm512_cvtps_epi32(a[0]), _mm512_cvtps_epi32(a[1])),
                                        _mm512_packs_epi32(_mm512_cvtps_epi32(a[2]), _mm512_cvtps_epi32(a[3])));
  return _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), mixed);
}
// to [64] ← signed_bytes + kAddedToBytes
inline void store_bytes(std::uint8_t* to, const Vec (&a)[4]) {
  _mm512_storeu_si512(to, _mm512_xor_si512(signed_bytes(a), _mm512_set1_epi8(static_cast<char>(0x80))));
}
inline void store_signed_bytes(std::int8_t* to, const Vec (&a)[4]) { _mm512_storeu_si512(to, signed_bytes(a)); }
// The larger magnitude in each lane, and the largest of all lanes. As bits, NaN is larger than every number.
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
