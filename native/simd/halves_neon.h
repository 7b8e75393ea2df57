// Vectors of bfloat16, with the names of halves_avx512.h.
#pragma once
#include <arm_neon.h>

#include "kernels/call.h"
#include "simd/simd_neon.h"

namespace glassformer {
namespace neon {
namespace {

inline Vec load(const Bfloat16* p) {
  std::uint16_t halves[kLanes];
  __builtin_memcpy(halves, p, sizeof halves);
  return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(halves), 16));
}
inline void store(Bfloat16* p, Vec a) {
  const uint32x4_t bits = vreinterpretq_u32_f32(a);
  const uint32x4_t half = vaddq_u32(vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1)), vdupq_n_u32(0x7fff));
  const uint16x4_t nearest = vshrn_n_u32(vaddq_u32(bits, half), 16);
  const uint16x4_t quiet = vorr_u16(vshrn_n_u32(bits, 16), vdup_n_u16(0x40));
  std::uint16_t halves[kLanes];
  vst1_u16(halves, vbsl_u16(vmovn_u32(is_number(a)), nearest, quiet));
  __builtin_memcpy(p, halves, sizeof halves);
}

}  // namespace
}  // namespace neon
}  // namespace glassformer

#include "simd/part_of_halves.h"
