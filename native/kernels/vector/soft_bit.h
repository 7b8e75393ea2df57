// The soft value of a bit of semantic hashing, before it is rounded.
#pragma once
#include "kernels/vector/derivatives.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// max(0, min(1, 1.2 s − 0.1)) of s = sigmoid(u)
inline Vec soft_bit(Vec s) { return max(broadcast(0), min(broadcast(1), fma(broadcast(1.2f), s, broadcast(-0.1f)))); }

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
