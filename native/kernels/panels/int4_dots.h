// int4 panels by AVX512-VNNI, AVX-VNNI or NEON's SDOT: the products of a group's bytes are added in 32 bits, and their
// sum, which fits 16 bits, is multiplied by the group's integer scale. All sums are exact.
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
  static constexpr int kRows = kLanes == 16 ? 16 : kLanes == 8 ? 3 : 2;
  static constexpr int kStreamRows = kLanes == 16 ? 3 : 1;

  static std::int64_t row_bytes(const Matrix& w) { return int4_row_bytes(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) { prepare_int4_row<false>(to, scale, x, w); }

  // Tiles of more rows than this take two panels at a time.
  static constexpr int kFewRows = 8;

  template <int rows>
  GLASSFORMER_VNNI GLASSFORMER_TILE static void tile(PanelTile& t) {
    if constexpr (kLanes == 16 && rows > kFewRows)
      if (!in_streams<2>(t, [&](int apart) GLASSFORMER_VNNI { two_panels<rows>(t, apart); })) return;
    do panel<rows>(t);
    while (t.next_panel());
  }

  // Computes two panels, whose distance is `apart` panels. The weights of a group stay in registers while all rows
  // pass, so that four inputs are loaded once for both panels; totals stay in the first cache.
  template <int rows>
  GLASSFORMER_VNNI GLASSFORMER_IN_TILE void two_panels(const PanelTile& t, int apart) {
    Ints totals[2][rows][kParts];
    for (int r = 0; r < rows; r++) totals[0][r][0] = totals[1][r][0] = no_ints();
    const std::int64_t step = apart * t.lines * kPanelLine;
    const char* x = t.x;
    const char* panel = t.panel;
    const char* ahead = t.ahead;
    const char* second_ahead = t.ahead + step;
    for (std::int64_t line = 0; line < t.lines; line += kInt4Words, panel += kInt4Words * kPanelLine, x += kInt4RowBytes) {
      prefetch_beside_block<rows>(ahead, t.lines_ahead, line);
      prefetch_beside_block<rows>(second_ahead, t.lines_ahead, line);
      add_group_of_two<rows, 0>(totals, x, t.x_stride, panel, panel + step);
      add_group_of_two<rows, 1>(totals, x, t.x_stride, panel, panel + step);
    }
    store_totals<rows>(t, totals[0]);
    PanelTile second = t;
    second.next_panels(apart);
    store_totals<rows>(second, totals[1]);
  }

  // The weights of a group, four inputs in each vector, and the scales of the group.
  struct Group {
    Ints weights[kInt4Group / 4];
    Ints factors;

    GLASSFORMER_IN_TILE Group of(const char* block, int group) {
      Group g;
      const char* lines = block + (1 + group * kInt4Group / 8) * kPanelLine;
      GLASSFORMER_UNROLL
      for (int l = 0; l < kInt4Group / 8; l++) {
        const Ints both = load_ints(lines + l * kPanelLine);
        g.weights[2 * l] = in_place(lower_nibbles(both));
        g.weights[2 * l + 1] = in_place(upper_nibbles(both));
      }
      const Ints both = load_ints(block);
      g.factors = group == 0 ? lower_factors(both) : upper_factors(both);
      return g;
    }
  };

  template <int rows, int group>
  GLASSFORMER_VNNI GLASSFORMER_IN_TILE void add_group_of_two(Ints (&totals)[2][rows][kParts], const char* x, std::int64_t stride,
                                                             const char* block, const char* second) {
    const Group a = Group::of(block, group);
    const Group b = Group::of(second, group);
    for (int r = 0; r < rows; r++, x += stride) {
      Ints sum_a = broadcast_bits(x + kInt4Inputs + 4 * group);
      Ints sum_b = sum_a;
      GLASSFORMER_UNROLL
      for (int k = 0; k < kInt4Group / 4; k++) {
        const Ints inputs = in_place(broadcast_bits(x + group * kInt4Group + 4 * k));
        sum_a = dot_bytes(sum_a, a.weights[k], inputs);
        sum_b = dot_bytes(sum_b, b.weights[k], inputs);
      }
      totals[0][r][0] = dot_scaled(totals[0][r][0], sum_a, a.factors);
      totals[1][r][0] = dot_scaled(totals[1][r][0], sum_b, b.factors);
    }
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
    // An instruction waits four or five cycles for its own sum, so that few rows have two sums for each output.
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
        totals[r][part] = dot_scaled(totals[r][part], sum, factors[part]);
      }
    }
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
