// Sizes that no tensor exceeds.
#pragma once
#include <cstdint>

namespace glassformer {

// No count of rows and no width is above this, so the product of any two fits in 64 bits.
constexpr std::int64_t kMostRows = INT32_MAX;
// The most floats of a region per row, of an arena, and of a store: sums of these, times four, fit in 64 bits.
constexpr std::int64_t kMostFloats = std::int64_t{1} << 50;

}  // namespace glassformer
