// Sizes that no tensor exceeds.
#pragma once
#include <cstdint>

namespace glassformer {

// Largest number of rows, and largest width: the product of any two fits in 64 bits.
constexpr std::int64_t kMostRows = INT32_MAX;
// Most floats of a region per row, of an arena, and of a store: the sum of some of them, times four, fits in 64 bits.
constexpr std::int64_t kMostFloats = std::int64_t{1} << 50;

}  // namespace glassformer
