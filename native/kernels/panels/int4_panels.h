// int4 panels without VNNI. On x86 a group's products are added in 16 bits, two sums in each lane. That is exact: a sum
// has eight products of bytes up to 15 and 127, which stay below 2^15. Multiplying by the group's scale adds both sums.
// A line takes one multiplication and one addition, where a line of int8 takes four instructions.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/int4_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/prefetch.h"
#include "simd/simd.h"

#ifdef GLASSFORMER_INTS

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Int4Panels {
#ifdef GLASSFORMER_PAIR_SUMS
  static constexpr bool kPairs = true;
  static Ints factors_of(Ints both, int group) { return group == 0 ? lower_twice(both) : upper_twice(both); }
#else
  static constexpr bool kPairs = false;
  static Ints factors_of(Ints both, int group) { return group == 0 ? lower_factors(both) : upper_factors(both); }
#endif
  static constexpr bool kScaled = true;
  static constexpr int kRows = kLanes == 16 ? 8 : kLanes == 8 ? 4 : 2;
  static constexpr int kStreamRows = kLanes == 16 ? 2 : 1;

  static std::int64_t row_bytes(const Matrix& w) { return int4_row_bytes(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) { prepare_int4_row<kPairs>(to, scale, x, w); }

  template <int rows>
  GLASSFORMER_TILE static void tile(PanelTile& t) {
    if constexpr (rows == 1 && kLanes == 8)
      if (!in_streams<2>(t, [&](int apart) { panels<1, 2>(t, apart); })) return;
    do panels<rows, 1>(t, 1);
    while (t.next_panel());
  }

  // Computes `count` panels, whose distance is `apart` panels.
  template <int rows, int count>
  GLASSFORMER_IN_TILE void panels(const PanelTile& t, int apart) {
    Ints totals[count][rows][kParts];
    GLASSFORMER_UNROLL
    for (int p = 0; p < count; p++) {
      GLASSFORMER_UNROLL_TILE
      for (int r = 0; r < rows; r++)
        for (int part = 0; part < kParts; part++) totals[p][r][part] = no_ints();
    }
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const std::int64_t step = apart * t.lines * kPanelLine;
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kInt4Words, panel += kInt4Words * kPanelLine) {
      prefetch_beside_block<rows>(ahead, t.lines_ahead, line);
      GLASSFORMER_UNROLL
      for (int p = 0; p < count; p++) {
        add_group<rows, 0>(totals[p], x, panel + p * step);
        add_group<rows, 1>(totals[p], x, panel + p * step);
      }
      x.advance(kInt4RowBytes);
    }
    PanelTile of = t;
    GLASSFORMER_UNROLL
    for (int p = 0; p < count; p++, of.next_panels(apart)) store_totals<rows>(of, totals[p]);
  }

  template <int rows, int group>
  GLASSFORMER_IN_TILE void add_group(Ints (&totals)[rows][kParts], const RowBases<rows>& x, const char* block) {
    Ints sums[rows][kParts];
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      const Ints first = broadcast_bits(x.at(r) + kInt4Inputs + 4 * group);
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) sums[r][part] = first;
    }
    const char* lines = block + (1 + group * kInt4Group / 8) * kPanelLine;
    GLASSFORMER_UNROLL
    for (int l = 0; l < kInt4Group / 8; l++) {
      Ints low[kParts];
      Ints high[kParts];
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) {
        const Ints both = load_ints(lines + l * kPanelLine + part * kPanelLine / kParts);
        low[part] = lower_nibbles(both);
        high[part] = upper_nibbles(both);
      }
      GLASSFORMER_UNROLL_TILE
      for (int r = 0; r < rows; r++) {
        const char* inputs = x.at(r) + group * kInt4Group + 8 * l;
        const Ints first = broadcast_bits(inputs);
        const Ints second = broadcast_bits(inputs + 4);
        GLASSFORMER_UNROLL
        for (int part = 0; part < kParts; part++) {
          sums[r][part] = in_place(add_nibbles(sums[r][part], low[part], first));
          sums[r][part] = in_place(add_nibbles(sums[r][part], high[part], second));
        }
      }
    }
    Ints factors[kParts];
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) factors[part] = factors_of(load_ints(block + part * kPanelLine / kParts), group);
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) totals[r][part] = add_scaled(totals[r][part], sums[r][part], factors[part]);
    }
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
