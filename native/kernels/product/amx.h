// AMX: eight registers of at most 16 rows of 64 bytes, and an instruction that multiplies two of them. The kernels use
// them so:
//
//        6  7      two of b
//     4  0  1      two of a, and the four sums
//     5  2  3
//
// Registers are used between open_amx and close_amx, because open registers are saved at every switch to another
// thread. Compilers do not know which memory the instructions touch; memory barriers in the code tell them.
#pragma once
#include "simd/simd.h"

#ifdef GLASSFORMER_BFLOAT16

#ifdef GLASSFORMER_EMULATED
#include "simd/emulated_amx.h"
#define GLASSFORMER_AMX __attribute__((target("avx512bf16")))
#else
#define GLASSFORMER_AMX __attribute__((target("avx512bf16,amx-tile,amx-int8,amx-bf16")))
#endif

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr std::int64_t kTileRegisterRows = 16;
constexpr std::int64_t kTileRegisterBytes = 64;

struct alignas(64) TileShapes {
  std::uint8_t palette;
  std::uint8_t start_row;
  std::uint8_t reserved[14];
  std::uint16_t row_bytes[16];
  std::uint8_t rows[16];
};

// All registers have 16 rows.
GLASSFORMER_AMX __attribute__((noinline)) void open_amx() {
  TileShapes shapes = {};
  shapes.palette = 1;
  for (int tile = 0; tile < 8; tile++) {
    shapes.row_bytes[tile] = kTileRegisterBytes;
    shapes.rows[tile] = kTileRegisterRows;
  }
  asm volatile("" : : "r"(&shapes) : "memory");
  _tile_loadconfig(&shapes);
}

GLASSFORMER_AMX __attribute__((noinline)) void close_amx() { _tile_release(); }

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
