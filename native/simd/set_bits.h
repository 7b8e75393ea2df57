// Numbers of lanes by the bits of a mask. This header needs no vectors, so that those of integers can include it.
#pragma once
#include <cstdint>

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// to ← the bits that are set, counted from `first`; how many
inline int store_bits(std::int32_t* to, unsigned bits, std::int64_t first) {
  int count = 0;
  for (; bits; bits &= bits - 1) to[count++] = static_cast<std::int32_t>(first) + __builtin_ctz(bits);
  return count;
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
