// Vectors of every machine: the compiler's vectors of 4 floats (SSE2, NEON or plain registers), with the names of
// simd_avx512.h. They need only the platform's first instruction set.
#pragma once
#include <cstdint>

#define GLASSFORMER_ISA scalar

namespace glassformer {
namespace scalar {
namespace {

typedef float Vec __attribute__((vector_size(16)));
typedef int Mask __attribute__((vector_size(16)));
constexpr int kLanes = 4;
constexpr int kRegisters = 16;
constexpr int kTileRows = 2;
constexpr int kPanelRows = 4;
struct Lanes {
  Vec part[4];
};

inline Vec broadcast(float a) { return Vec{a, a, a, a}; }
inline Vec load(const float* p) {
  Vec a;
  __builtin_memcpy(&a, p, sizeof a);
  return a;
}
inline void store(float* p, Vec a) { __builtin_memcpy(p, &a, sizeof a); }
inline Vec load_part(const float* p, int n) {
  Vec a = broadcast(0);
  for (int i = 0; i < n; i++) a[i] = p[i];
  return a;
}
inline void store_part(float* p, Vec a, int n) {
  for (int i = 0; i < n; i++) p[i] = a[i];
}
inline Vec keep_part(Vec a, Vec other, int n) {
  for (int i = 0; i < n; i++) other[i] = a[i];
  return other;
}
inline Vec multiply_add(Vec a, Vec b, Vec c) { return a * b + c; }

#if defined(__FP_FAST_FMAF) || defined(__aarch64__)
inline Vec fma(Vec a, Vec b, Vec c) {
  return Vec{__builtin_fmaf(a[0], b[0], c[0]), __builtin_fmaf(a[1], b[1], c[1]), __builtin_fmaf(a[2], b[2], c[2]),
             __builtin_fmaf(a[3], b[3], c[3])};
}
#else
typedef double Doubles __attribute__((vector_size(32)));
typedef long long Longs __attribute__((vector_size(32)));
// In double, the product is exact, and so is the error of the sum (Knuth's two-sum). A sum that is not exact is rounded
// to odd: truncated toward 0, with its last bit set. The rounding to float32 is then the only one that counts.
inline Vec fma(Vec a, Vec b, Vec c) {
  const Doubles product = __builtin_convertvector(a, Doubles) * __builtin_convertvector(b, Doubles);
  const Doubles addend = __builtin_convertvector(c, Doubles);
  const Doubles total = product + addend;
  const Doubles rest = total - product;
  const Doubles error = (product - (total - rest)) + (addend - rest);
  const Longs too_large = error * total < 0;
  const Longs inexact = too_large | (error * total > 0);
  const Longs odd = (reinterpret_cast<Longs>(total) + too_large) | (inexact & 1);
  return __builtin_convertvector(reinterpret_cast<Doubles>(odd), Vec);
}
#endif

inline Vec select(Mask m, Vec yes, Vec no) { return m ? yes : no; }
inline Mask less(Vec a, Vec b) { return a < b; }
inline Mask nonzero(Vec a, Vec b) { return (a != broadcast(0)) | (b != broadcast(0)); }
inline Mask is_number(Vec a) { return a == a; }
inline Vec max(Vec a, Vec b) { return select(a > b, a, b); }
inline Vec min(Vec a, Vec b) { return select(a < b, a, b); }
inline Vec sqrt(Vec a) {
  return Vec{__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]), __builtin_sqrtf(a[3])};
}
inline Vec abs(Vec a) { return reinterpret_cast<Vec>(reinterpret_cast<Mask>(a) & 0x7fffffff); }
// |a| < 2^22: adding 1.5 · 2^23 leaves no bits for a fraction.
inline Vec round(Vec a) { return (a + 12582912.0f) - 12582912.0f; }
inline Vec round(Vec a, Vec& rest) {
  const Vec n = round(a);
  rest = a - n;
  return n;
}
inline unsigned bits(Mask m) { return (m[0] & 1) | (m[1] & 2) | (m[2] & 4) | (m[3] & 8); }
inline Vec power_of_two(Mask n) { return reinterpret_cast<Vec>((n + 127) << 23); }
// NaN has no integer; `a` is NaN as well in that case.
inline Vec scale_by_power(Vec a, Vec n) {
  n = select(is_number(n), n, broadcast(0));
  const Mask whole = {static_cast<int>(n[0]), static_cast<int>(n[1]), static_cast<int>(n[2]), static_cast<int>(n[3])};
  const Mask half = whole >> 1;
  return a * power_of_two(half) * power_of_two(whole - half);
}
inline Vec power_in_reach(Vec n) { return max(broadcast(-125.0f), n); }
inline Vec scale_in_reach(Vec a, Vec n) { return scale_by_power(a, n); }

inline float sum(Vec a) { return (a[0] + a[2]) + (a[1] + a[3]); }
inline Vec quarter_sums4(Vec a, Vec b, Vec c, Vec d) { return Vec{sum(a), sum(b), sum(c), sum(d)}; }
inline float max_of(Vec a) {
  float m = a[0];
  for (int i = 1; i < kLanes; i++) m = a[i] > m ? a[i] : m;
  return m;
}

inline void transpose(Vec (&rows)[kLanes]) {
  Vec columns[kLanes];
  for (int i = 0; i < kLanes; i++) columns[i] = Vec{rows[0][i], rows[1][i], rows[2][i], rows[3][i]};
  for (int i = 0; i < kLanes; i++) rows[i] = columns[i];
}

template <class V>
inline V in_place(V a) {
  return a;
}

inline void prefetch_first(const void* p) { __builtin_prefetch(p, 0, 3); }
inline void prefetch_second(const void* p) { __builtin_prefetch(p, 0, 2); }

}  // namespace
}  // namespace scalar
}  // namespace glassformer

#include "simd/four_lanes.h"
#include "simd/halves_scalar.h"
#include "simd/ints_scalar.h"
#include "simd/lanes_by_bits.h"
