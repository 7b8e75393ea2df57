// Vectors of integers, with the names of ints_avx512.h.
#pragma once
#include <cstdint>

#include <wasm_simd128.h>

#include "simd/simd_wasm.h"
#include "simd/set_bits.h"

// Without relaxed SIMD there is no product of bytes: bytes are widened, and two products of 16 bits take their place.
#ifndef __wasm_relaxed_simd__
#define GLASSFORMER_WORDS
#endif

namespace glassformer {
namespace wasm {
namespace {

using Ints = Mask;

inline Ints load_ints(const void* p) { return integers(wasm_v128_load(p)); }
inline Ints broadcast_bits(const void* p) { return integers(wasm_v128_load32_splat(p)); }
inline Ints no_ints() { return Ints{}; }
inline Ints add(Ints a, Ints b) { return a + b; }
inline Ints subtract(Ints a, Ints b) { return a - b; }
inline std::int32_t sum(Ints a) { return (a[0] + a[2]) + (a[1] + a[3]); }
inline Vec to_floats(Ints a) { return __builtin_convertvector(a, Vec); }
inline Ints exclusive_or(Ints a, Ints b) { return a ^ b; }
inline Ints magnitudes(Ints a) { return integers(wasm_i8x16_abs(raw(a))); }
inline Ints negative(Ints a) { return integers(wasm_i8x16_shr(raw(a), 7)); }
inline Ints pair_sums(Ints a, Ints b) { return __builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7); }
inline Ints dot_bytes_in_pairs(Ints a, Ints b) {
  const v128_t low = wasm_i16x8_mul(wasm_u16x8_extend_low_u8x16(raw(a)), wasm_i16x8_extend_low_i8x16(raw(b)));
  const v128_t high = wasm_i16x8_mul(wasm_u16x8_extend_high_u8x16(raw(a)), wasm_i16x8_extend_high_i8x16(raw(b)));
  const v128_t even = wasm_i16x8_shuffle(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
  const v128_t odd = wasm_i16x8_shuffle(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
  return integers(wasm_i32x4_extadd_pairwise_i16x8(wasm_i16x8_add_sat(even, odd)));
}
#ifdef __wasm_relaxed_simd__
// Bytes of a are from 0 to 127, for which all engines agree.
inline Ints dot_small_bytes(Ints sum, Ints a, Ints b) { return integers(wasm_i32x4_relaxed_dot_i8x16_i7x16_add(raw(b), raw(a), raw(sum))); }
#else
inline Ints dot_small_bytes(Ints sum, Ints a, Ints b) {
  const v128_t ones = wasm_i16x8_const_splat(1);
  const Ints low = integers(wasm_i32x4_dot_i16x8(wasm_i16x8_extmul_low_i8x16(raw(a), raw(b)), ones));
  const Ints high = integers(wasm_i32x4_dot_i16x8(wasm_i16x8_extmul_high_i8x16(raw(a), raw(b)), ones));
  return add(sum, pair_sums(low, high));
}
#endif
inline Ints lower_nibbles(Ints a) { return integers(wasm_v128_and(raw(a), wasm_i8x16_const_splat(15))); }
inline Ints upper_nibbles(Ints a) { return integers(wasm_u8x16_shr(raw(a), 4)); }
inline Ints add_nibbles(Ints sums, Ints nibbles, Ints x) { return dot_small_bytes(sums, nibbles, x); }
inline Ints lower_factors(Ints a) { return (a << 16) >> 16; }
inline Ints upper_factors(Ints a) { return a >> 16; }
inline Ints add_scaled(Ints total, Ints sums, Ints factors) { return total + sums * factors; }
inline void store_in_turn(char* to, Ints a, Ints b) {
  wasm_v128_store(to, raw(__builtin_shufflevector(a, b, 0, 4, 1, 5)));
  wasm_v128_store(to + 16, raw(__builtin_shufflevector(a, b, 2, 6, 3, 7)));
}
inline Ints every_byte(int value) { return integers(wasm_i8x16_splat(static_cast<std::int8_t>(value))); }
inline bool any_negative(Ints a) { return wasm_i8x16_bitmask(raw(a)) != 0; }
inline int store_nonzero(std::int32_t* to, Ints a, std::int64_t first) { return store_bits(to, bits(a != no_ints()), first); }
inline int store_nonzero_pairs(std::int32_t* to, Ints a, std::int64_t first) {
  const unsigned lanes = bits(a != no_ints());
  return store_bits(to, (lanes & 3 ? 1u : 0u) | (lanes & 12 ? 2u : 0u), first);
}
inline Vec lower_half(Ints a) { return reinterpret_cast<Vec>(a << 16); }
inline Vec upper_half(Ints a) { return reinterpret_cast<Vec>(a & static_cast<int>(0xffff0000u)); }
inline v128_t words(Vec low, Vec high) { return wasm_i16x8_narrow_i32x4(raw(whole(round(low))), raw(whole(round(high)))); }
inline Ints signed_bytes(const Vec* a) { return integers(wasm_i8x16_narrow_i16x8(words(a[0], a[1]), words(a[2], a[3]))); }
inline void store_bytes(std::uint8_t* to, const Vec (&a)[16]) {
  for (int v = 0; v < 16; v += 4) wasm_v128_store(to + 4 * v, raw(exclusive_or(signed_bytes(a + v), every_byte(-128))));
}
inline Vec larger_magnitude(Vec magnitude, Vec a) { return floats(wasm_u32x4_max(raw(magnitude), raw(abs(a)))); }
inline float largest(Vec magnitudes) {
  Vec most = larger_magnitude(magnitudes, __builtin_shufflevector(magnitudes, magnitudes, 2, 3, 0, 1));
  return larger_magnitude(most, __builtin_shufflevector(most, most, 1, 0, 3, 2))[0];
}

// Vectors of 8 integers of 16 bits, for int8_words.h.
// to ← 8 integers: the numbers of two vectors, rounded, one vector after the other
inline void store_words(char* to, Vec a, Vec b) { wasm_v128_store(to, words(a, b)); }
// The four 16-bit integers at p, twice.
inline Ints broadcast_words(const void* p) { return integers(wasm_v128_load64_splat(p)); }
inline Ints widened_bytes(const void* p) { return integers(wasm_i16x8_load8x8(p)); }
// Products of 16 bits, added in neighboring pairs.
inline Ints dot_words(Ints a, Ints b) { return integers(wasm_i32x4_dot_i16x8(raw(a), raw(b))); }

}  // namespace
}  // namespace wasm
}  // namespace glassformer
