// exp, erf and the activations on vectors, and exponential and logarithm of a double. The latter are our own because a
// C library may choose its version by the processor.
#pragma once
#include "generated/operands.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr float kLog2E = 1.44269504088896341f;

// e^x to about 1 ulp: x = n ln 2 + r with |r| ≤ ln 2 / 2, and a polynomial in r (coefficients of Cephes expf) times
// 2^n. Below −87.3 it is 0 (no denormals, which are slow), above 88.8 infinity; NaN stays NaN.
inline Vec exp(Vec x) {
  const Vec clamped = min(broadcast(90.0f), max(broadcast(-90.0f), x));
  const Vec n = round(clamped * broadcast(kLog2E));
  Vec r = fma(n, broadcast(-0.693359375f), clamped);
  r = fma(n, broadcast(2.12194440e-4f), r);
  Vec p = broadcast(1.9875691500e-4f);
  p = fma(p, r, broadcast(1.3981999507e-3f));
  p = fma(p, r, broadcast(8.3334519073e-3f));
  p = fma(p, r, broadcast(4.1665795894e-2f));
  p = fma(p, r, broadcast(1.6666665459e-1f));
  p = fma(p, r, broadcast(5.0000001201e-1f));
  const Vec y = scale_by_power(fma(p, r * r, r) + broadcast(1.0f), n);
  return select(less(x, broadcast(-87.33f)), broadcast(0.0f), y);
}

// e^x for x ≤ 0 to about 1 ulp of 1, in less time than exp, for sums with a 1 among their terms. e^x = 2^(n + f) with
// |f| ≤ ½, by a polynomial in f (our own fit, of least relative error with p(0) = 1). Below −87 the result is at most
// e^−87, which does not change such a sum; NaN stays NaN.
inline Vec exp_below(Vec x) {
  const Vec power = power_in_reach(x * broadcast(kLog2E));
  Vec f;
  const Vec n = round(power, f);
  Vec p = broadcast(1.326472731e-3f);
  p = fma(p, f, broadcast(9.671512991e-3f));
  p = fma(p, f, broadcast(5.550733581e-2f));
  p = fma(p, f, broadcast(2.402224243e-1f));
  p = fma(p, f, broadcast(6.931470037e-1f));
  return scale_in_reach(fma(p, f, broadcast(1.0f)), n);
}

constexpr int kTerms = 15;
struct InverseFactorials {
  double of[kTerms];

  constexpr InverseFactorials() : of() {
    of[0] = 1;
    double factorial = 1;
    for (int k = 1; k < kTerms; k++) of[k] = 1 / (factorial *= k);
  }
};
constexpr InverseFactorials kInverseFactorials;

// e^x of x ≤ 0 to about 1 ulp of double, 0 below −700; NaN stays. x = n ln 2 + r, |r| ≤ ln 2 / 2, and 2^n Σ r^k / k!.
inline double natural_exponential(double x) {
  if (!(x >= -700)) return x < 0 ? 0 : x;
  const std::int64_t n = static_cast<std::int64_t>(x * 1.44269504088896340736 - 0.5);
  // ln 2 in two parts, the first of 32 bits: its product with n is exact.
  const double r = (x - static_cast<double>(n) * 0x1.62e42feep-1) - static_cast<double>(n) * 0x1.a39ef35793c76p-33;
  double series = 0;
  for (int k = kTerms - 1; k >= 0; k--) series = series * r + kInverseFactorials.of[k];
  const std::int64_t bits = (1023 + n) << 52;
  double power;
  __builtin_memcpy(&power, &bits, sizeof power);
  return series * power;
}

// ln x of x ≥ 1 to about 1 ulp of double; NaN and infinity stay. x = 2^e m, √½ ≤ m < √2, and with
// s = (m − 1) / (m + 1): ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …).
inline double natural_logarithm(double x) {
  if (!(x < __builtin_inf())) return x;
  std::int64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  constexpr std::int64_t kBitsOfRootOfHalf = 0x3fe6a09e667f3bcd;
  const std::int64_t exponent = (bits - kBitsOfRootOfHalf) >> 52;
  bits -= exponent * (std::int64_t{1} << 52);
  double m;
  __builtin_memcpy(&m, &bits, sizeof m);
  const double s = (m - 1) / (m + 1);
  double series = 0;
  for (int k = 23; k >= 3; k -= 2) series = (series + 1.0 / k) * (s * s);
  return static_cast<double>(exponent) * 0.693147180559945309417 + 2 * (s + s * series);
}

// 1 + erf(x / √2), twice Φ(x). erf near 0 by an odd polynomial; further out by the tail 1 − erf = e^p(|a|), so that a
// small 1 + erf(−a) is not the difference of two large numbers. Minimax coefficients of N. Juffa's erff (1 ulp).
inline Vec one_plus_erf(Vec x) {
  const Vec a = x * broadcast(0.70710678118654752f);
  const Vec t = abs(a);
  const Vec s = a * a;
  Vec near = broadcast(-5.96761703e-4f);
  near = fma(near, s, broadcast(4.99119423e-3f));
  near = fma(near, s, broadcast(-2.67681349e-2f));
  near = fma(near, s, broadcast(1.12819925e-1f));
  near = fma(near, s, broadcast(-3.76125336e-1f));
  near = fma(near, s, broadcast(1.28379166e-1f));
  near = broadcast(1.0f) + fma(near, a, a);
  Vec p = fma(broadcast(-1.72853470e-5f), t, broadcast(3.83197126e-4f));
  p = fma(p, s, fma(broadcast(-3.88396438e-3f), t, broadcast(2.42546219e-2f)));
  p = fma(p, t, broadcast(-1.06777877e-1f));
  p = fma(p, t, broadcast(-6.34846687e-1f));
  p = fma(p, t, broadcast(-1.28717512e-1f));
  // Past 10 the polynomial has left its range; the tail is 0 long before that.
  p = select(less(broadcast(10.0f), t), broadcast(-100.0f), fma(p, t, broadcast(0.0f) - t));
  const Vec tail = exp(p);
  const Vec far = select(less(a, broadcast(0.0f)), tail, broadcast(2.0f) - tail);
  return select(less(broadcast(0.927734375f), t), far, near);
}

// x Φ(x)
inline Vec gelu(Vec x) { return broadcast(0.5f) * x * one_plus_erf(x); }

inline Vec swish(Vec x) { return x / (broadcast(1.0f) + exp(broadcast(0.0f) - x)); }

// 0.5 x (1 + tanh(u)) = x · sigmoid(2u), u = √(2/π) (x + 0.044715 x³)
inline Vec gelu_tanh(Vec x) {
  const Vec u = x * fma(x * x, broadcast(0.044715f), broadcast(1.0f)) * broadcast(-2 * 0.79788456080286536f);
  return x / (broadcast(1.0f) + exp(u));
}

// 2 sigmoid(2x) − 1, and near 0, where that is the difference of like numbers, the odd polynomial of its series (coefficients of Cephes
// tanhf).
inline Vec tanh(Vec x) {
  const Vec s = x * x;
  Vec near = fma(broadcast(-5.70498872745e-3f), s, broadcast(2.06390887954e-2f));
  near = fma(near, s, broadcast(-5.37397155531e-2f));
  near = fma(near, s, broadcast(1.33314422036e-1f));
  near = fma(near, s, broadcast(-3.33332819422e-1f));
  near = fma(near * s, x, x);
  const Vec far = broadcast(2.0f) / (broadcast(1.0f) + exp(broadcast(-2.0f) * x)) - broadcast(1.0f);
  return select(less(abs(x), broadcast(0.625f)), near, far);
}

// The larger of x and 0; NaN stays.
inline Vec relu(Vec x) { return max(broadcast(0.0f), x); }

inline Vec activate(Vec x, Activation kind) {
  if (kind == kRelu) return relu(x);
  if (kind == kGelu) return gelu(x);
  if (kind == kGeluTanh) return gelu_tanh(x);
  if (kind == kSwish) return swish(x);
  if (kind == kTanh) return tanh(x);
  return x;
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
