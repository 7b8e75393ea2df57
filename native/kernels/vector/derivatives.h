// Derivatives of activations.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

inline Vec sigmoid(Vec x) { return broadcast(1.0f) / (broadcast(1.0f) + exp(broadcast(0.0f) - x)); }

// Φ(x) + x φ(x)
inline Vec gelu_derivative(Vec x) {
  const Vec density = broadcast(0.39894228040143268f) * exp(broadcast(-0.5f) * x * x);
  return fma(x, density, broadcast(0.5f) * one_plus_erf(x));
}

// With s = sigmoid(2u) = (1 + tanh u) / 2: s + 2 x s (1 − s) u′, u = √(2/π) (x + 0.044715 x³)
inline Vec gelu_tanh_derivative(Vec x) {
  const Vec root = broadcast(0.79788456080286536f);
  const Vec square = x * x;
  const Vec s = sigmoid(broadcast(2.0f) * root * x * fma(square, broadcast(0.044715f), broadcast(1.0f)));
  const Vec slope = root * fma(square, broadcast(3 * 0.044715f), broadcast(1.0f));
  return fma(broadcast(2.0f) * x * slope, s * (broadcast(1.0f) - s), s);
}

inline Vec swish_derivative(Vec x) {
  const Vec s = sigmoid(x);
  return s * fma(x, broadcast(1.0f) - s, broadcast(1.0f));
}

inline Vec tanh_derivative(Vec x) {
  const Vec t = tanh(x);
  return broadcast(1.0f) - t * t;
}

template <Activation kind>
inline Vec differentiated(Vec x, Vec dy) {
  if (kind == kRelu) return select(less(broadcast(0.0f), x), dy, broadcast(0.0f));
  if (kind == kGelu) return dy * gelu_derivative(x);
  if (kind == kGeluTanh) return dy * gelu_tanh_derivative(x);
  if (kind == kSwish) return dy * swish_derivative(x);
  if (kind == kTanh) return dy * tanh_derivative(x);
  return dy;
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
