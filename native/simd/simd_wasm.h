// WebAssembly: vectors of 4 floats, with the names of simd_avx512.h. With relaxed SIMD, products and sums are fused if
// the processor can.
#pragma once
#include <cstdint>

#include <wasm_simd128.h>

#define GLASSFORMER_ISA wasm
#define GLASSFORMER_INTS

namespace glassformer {
namespace wasm {
namespace {

typedef float Vec __attribute__((vector_size(16)));
typedef std::int32_t Mask __attribute__((vector_size(16)));
constexpr int kLanes = 4;
// Engines on x86 use 15 of the 16 registers for vectors.
constexpr int kRegisters = 16;
constexpr int kTileRows = 2;
constexpr int kPanelRows = 4;
struct Lanes {
  Vec part[4];
};

inline Vec floats(v128_t a) { return reinterpret_cast<Vec>(a); }
inline Mask integers(v128_t a) { return reinterpret_cast<Mask>(a); }
inline v128_t raw(Vec a) { return reinterpret_cast<v128_t>(a); }
inline v128_t raw(Mask a) { return reinterpret_cast<v128_t>(a); }

inline Vec broadcast(float a) { return Vec{a, a, a, a}; }
inline Vec load(const float* p) { return floats(wasm_v128_load(p)); }
inline void store(float* p, Vec a) { wasm_v128_store(p, raw(a)); }
inline Vec load_part(const float* p, int n) {
  Vec a = broadcast(0);
  for (int i = 0; i < n; i++) a[i] = p[i];
  return a;
}
inline void store_part(float* p, Vec a, int n) {
  for (int i = 0; i < n; i++) p[i] = a[i];
}
inline Vec select(Mask m, Vec yes, Vec no) { return floats(wasm_v128_bitselect(raw(yes), raw(no), raw(m))); }
inline Mask first(int n) { return Mask{0, 1, 2, 3} < n; }
inline Vec keep_part(Vec a, Vec other, int n) { return select(first(n), a, other); }
#ifdef __wasm_relaxed_simd__
inline Vec fma(Vec a, Vec b, Vec c) { return floats(wasm_f32x4_relaxed_madd(raw(a), raw(b), raw(c))); }
#else
// Rounded twice, because there is no fused multiply-add.
inline Vec fma(Vec a, Vec b, Vec c) { return a * b + c; }
#endif
inline Vec multiply_add(Vec a, Vec b, Vec c) { return fma(a, b, c); }
inline Mask less(Vec a, Vec b) { return a < b; }
inline Mask nonzero(Vec a, Vec b) { return (a != broadcast(0)) | (b != broadcast(0)); }
inline Mask is_number(Vec a) { return a == a; }
// Returns b if either is NaN, as on x86, where engines make this one instruction.
inline Vec max(Vec a, Vec b) { return floats(wasm_f32x4_pmax(raw(b), raw(a))); }
inline Vec min(Vec a, Vec b) { return floats(wasm_f32x4_pmin(raw(b), raw(a))); }
inline Vec sqrt(Vec a) { return floats(wasm_f32x4_sqrt(raw(a))); }
inline Vec abs(Vec a) { return floats(wasm_f32x4_abs(raw(a))); }
inline Vec round(Vec a) { return floats(wasm_f32x4_nearest(raw(a))); }
inline Vec round(Vec a, Vec& rest) {
  const Vec n = round(a);
  rest = a - n;
  return n;
}
inline unsigned bits(Mask m) { return wasm_i32x4_bitmask(raw(m)); }
// The integers of rounded numbers. NaN becomes any integer.
#ifdef __wasm_relaxed_simd__
inline Mask whole(Vec n) { return integers(wasm_i32x4_relaxed_trunc_f32x4(raw(n))); }
#else
inline Mask whole(Vec n) { return integers(wasm_i32x4_trunc_sat_f32x4(raw(n))); }
#endif
inline Vec power_of_two(Mask n) { return reinterpret_cast<Vec>((n + 127) << 23); }
// |n| ≤ 252 takes two factors, because 2^128 and 2^−150 are no floats.
inline Vec scale_by_power(Vec a, Vec n) {
  const Mask all = whole(n);
  const Mask half = all >> 1;
  return a * power_of_two(half) * power_of_two(all - half);
}
inline Vec power_in_reach(Vec n) { return max(broadcast(-125.0f), n); }
inline Vec scale_in_reach(Vec a, Vec n) { return a * power_of_two(whole(n)); }

// [sum of a, of b, of c, of d], each in the order of the other instruction sets: (0 + 2) + (1 + 3)
inline Vec quarter_sums4(Vec a, Vec b, Vec c, Vec d) {
  const Vec ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Vec cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}
inline float sum(Vec a) { return (a[0] + a[2]) + (a[1] + a[3]); }
inline float max_of(Vec a) {
  a = max(a, __builtin_shufflevector(a, a, 2, 3, 0, 1));
  return max(a, __builtin_shufflevector(a, a, 1, 0, 3, 2))[0];
}

inline void transpose(Vec (&rows)[kLanes]) {
  const Vec a = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
  const Vec b = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
  const Vec c = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
  const Vec d = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
  rows[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
  rows[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  rows[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  rows[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
}

template <class V>
inline V in_place(V a) {
  return a;
}

// WebAssembly has no prefetches.
inline void prefetch_first(const void*) {}
inline void prefetch_second(const void*) {}

}  // namespace
}  // namespace wasm
}  // namespace glassformer

#include "simd/four_lanes.h"
#include "simd/lanes_by_bits.h"
#include "simd/ints_wasm.h"
#include "simd/halves_wasm.h"
