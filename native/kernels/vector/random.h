// The random bits of src/engine/backend/interface/random.ts, a vector at a time and bit by bit the same.
#pragma once
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

typedef std::uint32_t Bits __attribute__((vector_size(kLanes * sizeof(float))));

// The 32-bit hash of C. Wellons (2018). T is std::uint32_t or Bits.
template <class T>
inline T mix(T x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

// The key of one row of one op in one step.
inline std::uint32_t row_key(std::int32_t seed, std::int64_t site, std::int64_t row) {
  const auto place = static_cast<std::uint32_t>(site) + 1;
  return mix(mix(static_cast<std::uint32_t>(seed) ^ (place * 0x9e3779b9u)) ^ static_cast<std::uint32_t>(row));
}

// A dropout: the threshold below which a value is dropped, and the scale of the other values.
struct Drop {
  std::uint32_t threshold;  // a value whose bits are below it is dropped
  float scale;
};
inline Drop drop_of(double rate) {
  return {static_cast<std::uint32_t>(rate * 4294967296.0), static_cast<float>(1 / (1 - rate))};
}

constexpr std::uint32_t kColumnStep = 0x85ebca6bu;

// (column + lane + 1) · kColumnStep for each lane
inline Bits column_bits(std::int64_t column) {
  Bits bits;
  for (int lane = 0; lane < kLanes; lane++) bits[lane] = (static_cast<std::uint32_t>(lane) + 1) * kColumnStep;
  return bits + static_cast<std::uint32_t>(column) * kColumnStep;
}

// values · scale, or 0 where a value is dropped. `key` belongs to their row, in which they begin at `column`.
inline Vec dropped(Vec values, std::uint32_t key, std::int64_t column, const Drop& drop) {
  const Bits random = mix(column_bits(column) ^ key);
  const Bits kept = reinterpret_cast<Bits>(random >= drop.threshold);
  return reinterpret_cast<Vec>(reinterpret_cast<Bits>(values * broadcast(drop.scale)) & kept);
}

// x [width] ← x, dropped
inline void drop_row(float* x, std::int64_t width, std::uint32_t key, const Drop& drop) {
  for_columns(width, [&](std::int64_t i, auto n) { store(x + i, dropped(load(x + i, n), key, i, drop), n); });
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
