// AMX in plain code, for tests on machines without AMX: the intrinsics that kernels use, with the bits of the
// instructions. As on a processor, the process ends if a tile is used that is not open or has another shape.
#pragma once
#include <cstdint>

#include <immintrin.h>

#include "simd/simd_avx512.h"

#undef _tile_loadd
#undef _tile_stored
#undef _tile_zero
#undef _tile_dpbssd
#undef _tile_dpbf16ps
#define _tile_loadconfig(shapes) emulated_open(shapes)
#define _tile_release() emulated_release()
#define _tile_loadd(to, from, stride) emulated_load(emulated_tile(to), from, stride)
#define _tile_stored(from, to, stride) emulated_store(emulated_tile(from), to, stride)
#define _tile_zero(to) (emulated_tile(to) = {})
#define _tile_dpbssd(sums, a, b) emulated_dot_bytes(emulated_tile(sums), emulated_tile(a), emulated_tile(b))
#define _tile_dpbf16ps(sums, a, b) emulated_dot_halves(emulated_tile(sums), emulated_tile(a), emulated_tile(b))

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr int kEmulatedTiles = 8;
constexpr int kEmulatedRows = 16;
constexpr int kEmulatedRowBytes = 64;

// A tile register, in the types of the instructions.
union alignas(64) EmulatedTile {
  char rows[kEmulatedRows][kEmulatedRowBytes];
  std::int8_t bytes[kEmulatedRows][kEmulatedRowBytes];
  std::uint16_t halves[kEmulatedRows][kEmulatedRowBytes / 2];
  std::int32_t ints[kEmulatedRows][kEmulatedRowBytes / 4];
  float floats[kEmulatedRows][kEmulatedRowBytes / 4];
};

struct EmulatedTiles {
  EmulatedTile at[kEmulatedTiles];
  bool open;
};
thread_local EmulatedTiles emulated_tiles;

inline EmulatedTile& emulated_tile(int n) {
  if (!emulated_tiles.open) __builtin_trap();
  return emulated_tiles.at[n];
}

// The shapes, in the layout of LDTILECFG. Kernels use whole registers only.
inline void emulated_open(const void* shapes) {
  constexpr int kRowBytesAt = 16;
  constexpr int kRowsAt = 48;
  const auto* bytes = static_cast<const std::uint8_t*>(shapes);
  bool whole = bytes[0] == 1;
  for (int tile = 0; tile < kEmulatedTiles; tile++) {
    const int row_bytes = bytes[kRowBytesAt + 2 * tile] | bytes[kRowBytesAt + 2 * tile + 1] << 8;
    whole = whole && row_bytes == kEmulatedRowBytes && bytes[kRowsAt + tile] == kEmulatedRows;
  }
  if (!whole) __builtin_trap();
  emulated_tiles = {};
  emulated_tiles.open = true;
}

inline void emulated_release() { emulated_tiles.open = false; }

inline void emulated_load(EmulatedTile& to, const void* from, std::int64_t stride) {
  for (int r = 0; r < kEmulatedRows; r++)
    __builtin_memcpy(to.rows[r], static_cast<const char*>(from) + r * stride, kEmulatedRowBytes);
}

inline void emulated_store(const EmulatedTile& from, void* to, std::int64_t stride) {
  for (int r = 0; r < kEmulatedRows; r++)
    __builtin_memcpy(static_cast<char*>(to) + r * stride, from.rows[r], kEmulatedRowBytes);
}

// sums [16, 16] += a [16, 64] · b. A row of b has four elements of the depth for each of 16 columns.
__attribute__((noinline)) void emulated_dot_bytes(EmulatedTile& sums, const EmulatedTile& a, const EmulatedTile& b) {
  for (int r = 0; r < kEmulatedRows; r++)
    for (int k = 0; k < kEmulatedRows; k++)
      for (int column = 0; column < kEmulatedRowBytes / 4; column++)
        for (int i = 0; i < 4; i++) sums.ints[r][column] += a.bytes[r][4 * k + i] * b.bytes[k][4 * column + i];
}

// Denormal numbers count as 0, as operands and as results.
inline float flushed(float a) { return __builtin_fabsf(a) < 0x1p-126f ? __builtin_copysignf(0, a) : a; }

inline float emulated_half(std::uint16_t half) {
  const std::uint32_t bits = std::uint32_t{half} << 16;
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return flushed(value);
}

// sums [16, 16] += a [16, 32] · b. A row of b has two elements of the depth for each of 16 columns. Products at even
// depths and at odd depths are added separately; each product and each sum is rounded once.
__attribute__((noinline)) void emulated_dot_halves(EmulatedTile& sums, const EmulatedTile& a, const EmulatedTile& b) {
  constexpr int kColumns = kEmulatedRowBytes / 4;
  for (int r = 0; r < kEmulatedRows; r++) {
    float apart[2][kColumns] = {};
    for (int k = 0; k < kEmulatedRows; k++)
      for (int i = 0; i < 2; i++) {
        const float value = emulated_half(a.halves[r][2 * k + i]);
        for (int column = 0; column < kColumns; column++)
          apart[i][column] = flushed(__builtin_fmaf(value, emulated_half(b.halves[k][2 * column + i]), apart[i][column]));
      }
    for (int column = 0; column < kColumns; column++)
      sums.floats[r][column] = flushed(flushed(sums.floats[r][column]) + flushed(apart[0][column] + apart[1][column]));
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
