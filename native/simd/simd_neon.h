// NEON, which every AArch64 processor has: vectors of 4 floats, with the names of simd_avx512.h.
#pragma once
#include <arm_neon.h>
#include <cstdint>

#define GLASSFORMER_ISA neon
#define GLASSFORMER_INTS

namespace glassformer {
namespace neon {
namespace {

using Vec = float32x4_t;
using Mask = uint32x4_t;
constexpr int kLanes = 4;
constexpr int kRegisters = 32;
// 4 × 4 sums, 4 values of x and one of w use 21 of 32 registers.
constexpr int kTileRows = 4;
// 12 × 2 sums, two vectors of b and one value of a.
constexpr int kPanelRows = 12;
struct Lanes {
  Vec part[4];
};

inline Vec broadcast(float a) { return vdupq_n_f32(a); }
inline Vec load(const float* p) { return vld1q_f32(p); }
inline void store(float* p, Vec a) { vst1q_f32(p, a); }
inline Vec load_part(const float* p, int n) {
  float lanes[kLanes] = {};
  for (int i = 0; i < n; i++) lanes[i] = p[i];
  return load(lanes);
}
inline void store_part(float* p, Vec a, int n) {
  float lanes[kLanes];
  store(lanes, a);
  for (int i = 0; i < n; i++) p[i] = lanes[i];
}
inline Mask first(int n) {
  constexpr std::int32_t kNumbers[kLanes] = {0, 1, 2, 3};
  return vcltq_s32(vld1q_s32(kNumbers), vdupq_n_s32(n));
}
inline Vec keep_part(Vec a, Vec other, int n) { return vbslq_f32(first(n), a, other); }
inline Vec fma(Vec a, Vec b, Vec c) { return vfmaq_f32(c, a, b); }
inline Vec multiply_add(Vec a, Vec b, Vec c) { return fma(a, b, c); }
inline Vec select(Mask m, Vec yes, Vec no) { return vbslq_f32(m, yes, no); }
inline Mask less(Vec a, Vec b) { return vcltq_f32(a, b); }
inline Mask nonzero(Vec a, Vec b) { return vmvnq_u32(vandq_u32(vceqzq_f32(a), vceqzq_f32(b))); }
inline Mask is_number(Vec a) { return vceqq_f32(a, a); }
// Returns b if either is NaN, as on x86; NEON's own instruction would return NaN.
inline Vec max(Vec a, Vec b) { return select(vcgtq_f32(a, b), a, b); }
inline Vec min(Vec a, Vec b) { return select(vcltq_f32(a, b), a, b); }
inline Vec sqrt(Vec a) { return vsqrtq_f32(a); }
inline Vec abs(Vec a) { return vabsq_f32(a); }
inline Vec round(Vec a) { return vrndnq_f32(a); }
inline Vec round(Vec a, Vec& rest) {
  const Vec n = round(a);
  rest = a - n;
  return n;
}
inline unsigned bits(Mask m) {
  constexpr std::uint32_t kBits[kLanes] = {1, 2, 4, 8};
  return vaddvq_u32(vandq_u32(m, vld1q_u32(kBits)));
}
inline Vec power_of_two(int32x4_t n) { return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n, vdupq_n_s32(127)), 23)); }
// |n| ≤ 252 takes two factors, because 2^128 and 2^−150 are no floats.
inline Vec scale_by_power(Vec a, Vec n) {
  const int32x4_t whole = vcvtnq_s32_f32(n);
  const int32x4_t half = vshrq_n_s32(whole, 1);
  return a * power_of_two(half) * power_of_two(vsubq_s32(whole, half));
}
inline Vec power_in_reach(Vec n) { return max(broadcast(-125.0f), n); }
inline Vec scale_in_reach(Vec a, Vec n) { return a * power_of_two(vcvtnq_s32_f32(n)); }

// [sum of a, of b, of c, of d], each in the order of the other instruction sets: (0 + 2) + (1 + 3)
inline Vec quarter_sums4(Vec a, Vec b, Vec c, Vec d) {
  const Vec ab = vzip1q_f32(a, b) + vzip2q_f32(a, b);  // a0 + a2, b0 + b2, a1 + a3, b1 + b3
  const Vec cd = vzip1q_f32(c, d) + vzip2q_f32(c, d);
  return vcombine_f32(vget_low_f32(ab), vget_low_f32(cd)) + vcombine_f32(vget_high_f32(ab), vget_high_f32(cd));
}
inline float sum(Vec a) { return vgetq_lane_f32(quarter_sums4(a, a, a, a), 0); }
inline float max_of(Vec a) {
  a = max(a, vextq_f32(a, a, 2));
  return vgetq_lane_f32(max(a, vextq_f32(a, a, 1)), 0);
}

inline void transpose(Vec (&rows)[kLanes]) {
  const float64x2_t a = vreinterpretq_f64_f32(vtrn1q_f32(rows[0], rows[1]));
  const float64x2_t b = vreinterpretq_f64_f32(vtrn2q_f32(rows[0], rows[1]));
  const float64x2_t c = vreinterpretq_f64_f32(vtrn1q_f32(rows[2], rows[3]));
  const float64x2_t d = vreinterpretq_f64_f32(vtrn2q_f32(rows[2], rows[3]));
  rows[0] = vreinterpretq_f32_f64(vtrn1q_f64(a, c));
  rows[1] = vreinterpretq_f32_f64(vtrn1q_f64(b, d));
  rows[2] = vreinterpretq_f32_f64(vtrn2q_f64(a, c));
  rows[3] = vreinterpretq_f32_f64(vtrn2q_f64(b, d));
}

template <class V>
inline V in_place(V a) {
  asm("" : "+w"(a));
  return a;
}

inline void prefetch_first(const void* p) { __builtin_prefetch(p, 0, 3); }
inline void prefetch_second(const void* p) { __builtin_prefetch(p, 0, 2); }

}  // namespace
}  // namespace neon
}  // namespace glassformer

#include "simd/four_lanes.h"
#include "simd/lanes_by_bits.h"
#include "simd/ints_neon.h"
#include "simd/halves_neon.h"
