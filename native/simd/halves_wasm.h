// Vectors of bfloat16, with the names of halves_avx512.h.
#pragma once
#include <wasm_simd128.h>

#include "kernels/call.h"
#include "simd/simd_wasm.h"

namespace glassformer {
namespace wasm {
namespace {

inline Vec load(const Bfloat16* p) { return reinterpret_cast<Vec>(integers(wasm_u32x4_load16x4(p)) << 16); }
inline void store(Bfloat16* p, Vec a) {
  const v128_t bits = raw(a);
  const v128_t odd = wasm_v128_and(wasm_u32x4_shr(bits, 16), wasm_i32x4_const_splat(1));
  const v128_t nearest = wasm_u32x4_shr(wasm_i32x4_add(wasm_i32x4_add(bits, odd), wasm_i32x4_const_splat(0x7fff)), 16);
  const v128_t quiet = wasm_v128_or(wasm_u32x4_shr(bits, 16), wasm_i32x4_const_splat(0x40));
  const v128_t halves = wasm_v128_bitselect(nearest, quiet, raw(is_number(a)));
  wasm_v128_store64_lane(p, wasm_u16x8_narrow_i32x4(halves, halves), 0);
}

}  // namespace
}  // namespace wasm
}  // namespace glassformer

#include "simd/part_of_halves.h"
