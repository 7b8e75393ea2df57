// Rows of x as integers that meet int8 weights: the largest magnitude becomes 127 (quantiseRow of the JavaScript backend).
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Without their signs numbers ascend as their bits do, and what is not a number comes last.
inline float largest(Vec magnitudes) {
  std::uint32_t bits[kLanes];
  store(reinterpret_cast<float*>(bits), magnitudes);
  std::uint32_t most = 0;
  for (std::uint32_t lane : bits) most = lane > most ? lane : most;
  float result;
  __builtin_memcpy(&result, &most, sizeof result);
  return result;
}

// The largest magnitude of x [width]; not a number if one of them is none.
inline float largest_magnitude(const float* x, std::int64_t width) {
  Vec most = broadcast(0);
  for_columns(width, [&](std::int64_t i, auto n) { most = larger_magnitude(most, load(x + i, n)); });
  return largest(most);
}

// The first n of kLanes numbers, zeros behind them; n may be any number.
inline Vec load_first(const float* from, std::int64_t n) {
  return n >= kLanes ? load(from) : n > 0 ? load_part(from, static_cast<int>(n)) : broadcast(0);
}

// write(column, kLanes numbers that are to be rounded) for columns [0, depth), zeros behind `width`; returns the row's scale. A row
// so small that 127 over its largest magnitude is infinite becomes zeros; what is infinite or no number makes its scale no number.
template <class Write>
inline float quantise(const float* x, std::int64_t width, std::int64_t depth, Write write) {
  const float most = largest_magnitude(x, width);
  const float inverse = 127.0f / most;
  const bool vanishes = inverse == __builtin_inff();
  const Vec factor = broadcast(inverse);
  const Vec zeros = broadcast(0);
  for (std::int64_t i = 0; i < depth; i += kLanes) write(i, vanishes ? zeros : load_first(x + i, width - i) * factor);
  if (vanishes) return 0;
  return most < __builtin_inff() ? most / 127.0f : __builtin_nanf("");
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
