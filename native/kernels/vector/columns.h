// Walks rows vector by vector: whole vectors first, and then the rest.
#pragma once
#include "kernels/call.h"
#include "simd/simd.h"

// Unrolls a loop before anything else, so that arrays of vectors live in registers.
#define GLASSFORMER_UNROLL _Pragma("GCC unroll 8")
#define GLASSFORMER_NO_UNROLL _Pragma("GCC unroll 1")
// Unrolls a loop over a whole tile, whose sums live in registers.
#define GLASSFORMER_UNROLL_TILE _Pragma("GCC unroll 16")

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Whole {};
struct Part {
  int n;
};

// Loads a vector. T is float, or Bfloat16, whose lower halves become 0.
template <class T>
inline Vec load(const T* p, Whole) {
  return load(p);
}
template <class T>
inline Vec load(const T* p, Part part) {
  return load_part(p, part.n);
}
// Loads the first n of kLanes numbers, and zeros after them; n may be any number.
inline Vec load_first(const float* from, std::int64_t n) {
  return n >= kLanes ? load(from) : n > 0 ? load_part(from, static_cast<int>(n)) : broadcast(0);
}
// Loads two consecutive vectors.
template <class T>
inline void load_two(const T* p, Vec& first, Vec& second) {
  first = load(p);
  second = load(p + kLanes);
}
// Loads two vectors in the order of columns that is fastest for T. store_apart restores the order.
template <class T>
inline void load_apart(const T* p, Vec& first, Vec& second) {
  load_two(p, first, second);
}
template <class T>
inline void store_apart(float* to, Vec first, Vec second, T) {
  store(to, first);
  store(to + kLanes, second);
}
// Loads some consecutive vectors, two at a time.
template <int vectors, class T>
inline void load_row(const T* p, Vec (&to)[vectors], Whole) {
  GLASSFORMER_UNROLL
  for (int v = 0; v + 1 < vectors; v += 2) load_two(p + v * kLanes, to[v], to[v + 1]);
  if (vectors % 2) to[vectors - 1] = load(p + (vectors - 1) * kLanes);
}
template <class T>
inline void load_row(const T* p, Vec (&to)[1], Part part) {
  to[0] = load_part(p, part.n);
}
template <class T>
inline void store(T* p, Vec a, Whole) {
  store(p, a);
}
template <class T>
inline void store(T* p, Vec a, Part part) {
  store_part(p, a, part.n);
}
// `a` in the lanes that exist, `other` in the rest.
inline Vec keep(Vec a, Vec, Whole) { return a; }
inline Vec keep(Vec a, Vec other, Part part) { return keep_part(a, other, part.n); }

// Calls body(column, Whole or Part) for the vectors of [0, width).
template <class Body>
inline void for_columns(std::int64_t width, Body body) {
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) body(i, Whole{});
  if (i < width) body(i, Part{static_cast<int>(width - i)});
}

// The number of vectors that hold 16 lanes. Sums that are collected in 16 lanes are the same on every instruction set.
constexpr int kParts = sizeof(Lanes) / sizeof(Vec);

// Walks a row in 16 lanes, of which lane i collects columns i, i + 16, …: calls body(column, which vector of the lanes,
// Whole or Part).
template <class Body>
inline void for_lanes(std::int64_t width, Body body) {
  std::int64_t i = 0;
  for (; i + kParts * kLanes <= width; i += kParts * kLanes)
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) body(i + part * kLanes, part, Whole{});
  GLASSFORMER_UNROLL
  for (int part = 0; part < kParts; part++, i += kLanes) {
    if (i + kLanes <= width) body(i, part, Whole{});
    else if (i < width) body(i, part, Part{static_cast<int>(width - i)});
  }
}

// A number known at compile time.
template <int n>
struct Constant {
  constexpr int operator()() const { return n; }
};

template <int m, class Body>
inline void last_rows(std::int64_t first, std::int64_t count, Body body) {
  if (count - first == m) body(first, Constant<m>{});
  else if constexpr (m > 1) last_rows<m - 1>(first, count, body);
}

// Calls body(row, Constant<count>) over [0, count): `most` rows at a time, and then the remaining rows at once.
template <int most, class Body>
inline void for_rows(std::int64_t count, Body body) {
  std::int64_t r = 0;
  for (; r + most <= count; r += most) body(r, Constant<most>{});
  last_rows<most>(r, count, body);
}

// Row r, [width].
inline float* row_of(const Matrix& m, std::int64_t r) { return m.floats + r * m.stride; }
// Row r of a cache of T.
template <class T>
inline T* cached_row(const Matrix& m, std::int64_t r) {
  if constexpr (sizeof(T) == sizeof(float)) return row_of(m, r);
  else return m.halves + r * m.stride;
}
// `count` rows of a matrix, beginning with row `first`.
inline Matrix some_rows(const Matrix& m, std::int64_t first, std::int64_t count) {
  return {row_of(m, first), nullptr, nullptr, count, m.width, m.stride};
}
inline std::int32_t integer_at(const Matrix& m, std::int64_t r) { return m.integers[r * m.stride]; }

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
