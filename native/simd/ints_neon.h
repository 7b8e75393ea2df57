// Vectors of integers, with the names of ints_avx512.h.
#pragma once
#include <arm_neon.h>
#include <cstdint>

#include "simd/simd_neon.h"
#include "simd/set_bits.h"

// SDOT, which processors have since Armv8.4, and some before.
#if defined(__clang__)
#define GLASSFORMER_VNNI __attribute__((target("dotprod")))
#else
#define GLASSFORMER_VNNI __attribute__((target("+dotprod")))
#endif

namespace glassformer {
namespace neon {
namespace {

using Ints = int32x4_t;

inline int8x16_t bytes_of(Ints a) { return vreinterpretq_s8_s32(a); }
inline Ints load_ints(const void* p) { return vreinterpretq_s32_s8(vld1q_s8(static_cast<const std::int8_t*>(p))); }
inline Ints broadcast_bits(const void* p) {
  std::int32_t bits;
  __builtin_memcpy(&bits, p, sizeof bits);
  return vdupq_n_s32(bits);
}
inline Ints no_ints() { return vdupq_n_s32(0); }
inline Ints add(Ints a, Ints b) { return vaddq_s32(a, b); }
inline Ints subtract(Ints a, Ints b) { return vsubq_s32(a, b); }
inline std::int32_t sum(Ints a) { return vaddvq_s32(a); }
inline Vec to_floats(Ints a) { return vcvtq_f32_s32(a); }
inline Ints exclusive_or(Ints a, Ints b) { return veorq_s32(a, b); }
inline Ints magnitudes(Ints a) { return vreinterpretq_s32_s8(vabsq_s8(bytes_of(a))); }
inline Ints negative(Ints a) { return vreinterpretq_s32_u8(vcltzq_s8(bytes_of(a))); }
inline Ints dot_bytes_in_pairs(Ints a, Ints b) {
  const uint8x16_t unsigned_a = vreinterpretq_u8_s32(a);
  const int8x16_t signed_b = bytes_of(b);
  const int16x8_t low_a = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(unsigned_a)));
  const int16x8_t high_a = vreinterpretq_s16_u16(vmovl_high_u8(unsigned_a));
  const int16x8_t low = vmulq_s16(low_a, vmovl_s8(vget_low_s8(signed_b)));
  const int16x8_t high = vmulq_s16(high_a, vmovl_high_s8(signed_b));
  return vpaddlq_s16(vqaddq_s16(vuzp1q_s16(low, high), vuzp2q_s16(low, high)));
}
inline Ints dot_small_bytes(Ints sum, Ints a, Ints b) {
  const int16x8_t low = vmull_s8(vget_low_s8(bytes_of(a)), vget_low_s8(bytes_of(b)));
  const int16x8_t high = vmull_high_s8(bytes_of(a), bytes_of(b));
  return add(sum, vpaddlq_s16(vpaddq_s16(low, high)));
}
inline void store_in_turn(char* to, Ints a, Ints b) {
  vst1q_s8(reinterpret_cast<std::int8_t*>(to), bytes_of(vzip1q_s32(a, b)));
  vst1q_s8(reinterpret_cast<std::int8_t*>(to) + 16, bytes_of(vzip2q_s32(a, b)));
}
inline Ints every_byte(int value) { return vreinterpretq_s32_s8(vdupq_n_s8(static_cast<std::int8_t>(value))); }
inline bool any_negative(Ints a) { return vminvq_s8(bytes_of(a)) < 0; }
inline int store_nonzero(std::int32_t* to, Ints a, std::int64_t first) { return store_bits(to, bits(vtstq_s32(a, a)), first); }
inline int store_nonzero_pairs(std::int32_t* to, Ints a, std::int64_t first) {
  const unsigned lanes = bits(vtstq_s32(a, a));
  return store_bits(to, (lanes & 3 ? 1u : 0u) | (lanes & 12 ? 2u : 0u), first);
}
inline Ints lower_nibbles(Ints a) { return vreinterpretq_s32_u8(vandq_u8(vreinterpretq_u8_s32(a), vdupq_n_u8(15))); }
inline Ints upper_nibbles(Ints a) { return vreinterpretq_s32_u8(vshrq_n_u8(vreinterpretq_u8_s32(a), 4)); }
inline Ints add_nibbles(Ints sums, Ints nibbles, Ints x) { return dot_small_bytes(sums, nibbles, x); }
inline Ints lower_factors(Ints a) { return vshrq_n_s32(vshlq_n_s32(a, 16), 16); }
inline Ints upper_factors(Ints a) { return vshrq_n_s32(a, 16); }
inline Ints add_scaled(Ints total, Ints sums, Ints factors) { return vmlaq_s32(total, sums, factors); }
// SDOT multiplies signed bytes by signed bytes.
constexpr int kAddedToBytes = 0;
inline Ints added_to_sums(Ints) { return no_ints(); }
GLASSFORMER_VNNI inline Ints dot_bytes(Ints sum, Ints a, Ints b) { return vdotq_s32(sum, bytes_of(a), bytes_of(b)); }
GLASSFORMER_VNNI inline Ints dot_scaled(Ints total, Ints sums, Ints factors) { return add_scaled(total, sums, factors); }
inline Vec lower_half(Ints a) { return vreinterpretq_f32_s32(vshlq_n_s32(a, 16)); }
inline Vec upper_half(Ints a) { return vreinterpretq_f32_s32(vandq_s32(a, vdupq_n_s32(static_cast<int>(0xffff0000u)))); }
inline int16x8_t words(Vec low, Vec high) { return vcombine_s16(vqmovn_s32(vcvtnq_s32_f32(low)), vqmovn_s32(vcvtnq_s32_f32(high))); }
inline Ints signed_bytes(const Vec* a) {
  return vreinterpretq_s32_s8(vcombine_s8(vqmovn_s16(words(a[0], a[1])), vqmovn_s16(words(a[2], a[3]))));
}
inline void store_bytes(std::uint8_t* to, const Vec (&a)[16]) {
  for (int v = 0; v < 16; v += 4) vst1q_s8(reinterpret_cast<std::int8_t*>(to) + 4 * v, bytes_of(signed_bytes(a + v)));
}
inline Vec larger_magnitude(Vec magnitude, Vec a) {
  return vreinterpretq_f32_u32(vmaxq_u32(vreinterpretq_u32_f32(magnitude), vreinterpretq_u32_f32(abs(a))));
}
inline float largest(Vec magnitudes) {
  const std::uint32_t bits = vmaxvq_u32(vreinterpretq_u32_f32(magnitudes));
  float most;
  __builtin_memcpy(&most, &bits, sizeof most);
  return most;
}

}  // namespace
}  // namespace neon
}  // namespace glassformer
