// The numbers of a mask's lanes. This header needs no vectors, so that headers of integers can include it.
#pragma once
#include <cstdint>

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// to ← the numbers of the bits that are set, counted from `first`; returns how many there are.
inline int store_bits(std::int32_t* to, unsigned bits, std::int64_t first) {
  int count = 0;
  for (; bits; bits &= bits - 1) to[count++] = static_cast<std::int32_t>(first) + __builtin_ctz(bits);
  return count;
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
