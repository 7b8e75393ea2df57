// int4 panels by AVX512-VNNI, AVX-VNNI or NEON's SDOT: the products of a group's bytes are added in 32 bits, and the group's sum, which fits
// 16 bits, is multiplied by the integer scale of the group. All sums are exact.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/int4_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/prefetch.h"
#include "simd/simd.h"

#ifdef GLASSFORMER_VNNI

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Int4Dots {
  static constexpr bool kScaled = true;
  static constexpr int kRows = kLanes == 16 ? 12 : kLanes == 8 ? 3 : 2;
  static constexpr int kStreamRows = kLanes == 16 ? 3 : 1;

  static std::int64_t row_bytes(const Matrix& w) { return int4_row_bytes(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) { prepare_int4_row<false>(to, scale, x, w); }

  template <int rows>
  GLASSFORMER_VNNI GLASSFORMER_TILE static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_VNNI GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    Ints totals[rows][kParts];
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++)
      for (int part = 0; part < kParts; part++) totals[r][part] = no_ints();
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kInt4Words, panel += kInt4Words * kPanelLine) {
      prefetch_beside_block<rows>(ahead, t.lines_ahead, line);
      add_group<rows, 0>(totals, x, panel);
      add_group<rows, 1>(totals, x, panel);
      x.advance(kInt4RowBytes);
    }
    store_totals<rows>(t, totals);
  }

  template <int rows, int group>
  GLASSFORMER_VNNI GLASSFORMER_IN_TILE void add_group(Ints (&totals)[rows][kParts], const RowBases<rows>& x, const char* block) {
    // An instruction waits four or five cycles for its own sum: few rows keep two.
    constexpr int kSums = rows * kParts <= 4 ? 2 : 1;
    Ints sums[rows][kParts][kSums];
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      const Ints first = broadcast_bits(x.at(r) + kInt4Inputs + 4 * group);
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) {
        sums[r][part][0] = first;
        if (kSums > 1) sums[r][part][kSums - 1] = no_ints();
      }
    }
    const char* lines = block + (1 + group * kInt4Group / 8) * kPanelLine;
    GLASSFORMER_UNROLL
    for (int l = 0; l < kInt4Group / 8; l++) {
      Ints low[kParts];
      Ints high[kParts];
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) {
        const Ints both = load_ints(lines + l * kPanelLine + part * kPanelLine / kParts);
        low[part] = in_place(lower_nibbles(both));
        high[part] = in_place(upper_nibbles(both));
      }
      GLASSFORMER_UNROLL_TILE
      for (int r = 0; r < rows; r++) {
        const char* inputs = x.at(r) + group * kInt4Group + 8 * l;
        const Ints first = broadcast_bits(inputs);
        const Ints second = broadcast_bits(inputs + 4);
        GLASSFORMER_UNROLL
        for (int part = 0; part < kParts; part++) {
          sums[r][part][0] = dot_bytes(sums[r][part][0], low[part], first);
          sums[r][part][kSums - 1] = dot_bytes(sums[r][part][kSums - 1], high[part], second);
        }
      }
    }
    Ints factors[kParts];
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) {
      const Ints both = load_ints(block + part * kPanelLine / kParts);
      factors[part] = group == 0 ? lower_factors(both) : upper_factors(both);
    }
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) {
        const Ints sum = kSums > 1 ? add(sums[r][part][0], sums[r][part][kSums - 1]) : sums[r][part][0];
        totals[r][part] = add_scaled(totals[r][part], sum, factors[part]);
      }
    }
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
