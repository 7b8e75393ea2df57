// int8 panels without VNNI: pmaddubsw multiplies |x| by w with the sign of x, and adds four products of bytes at a
// time. The sums are exact, because 16 bits hold two of these products; with x + 128 they would need 17 bits. Where x
// is negative, one exclusive or turns w into −w − 1. This subtracts |x| from the sum, so that sums begin with the sum
// of the magnitudes of a row's negative numbers.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/int8_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/prefetch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

#ifdef GLASSFORMER_INTS

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Int8Panels {
  static constexpr bool kScaled = true;
  static constexpr int kRows = 4;
  static constexpr int kStreamRows = kLanes == 16 ? 2 : 1;

  // A prepared row has, for every four inputs, their magnitudes and a mask of the negative ones. The first value of the
  // row's sums follows.
  static std::int64_t row_bytes(const Matrix& w) { return 2 * int8_depth(w) + kPanelLine; }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    char* at = to;
    Ints negatives = no_ints();
    quantize_activation_row(scale, x, w.width, int8_depth(w), [&](std::int64_t, const auto& values) {
      for (int v = 0; v < kInt8Inputs / kLanes; v += 4, at += 8 * kLanes) {
        const Ints bytes = signed_bytes(values + v);
        negatives = dot_small_bytes(negatives, magnitudes(bytes), negative(bytes));
        store_in_turn(at, magnitudes(bytes), negative(bytes));
      }
    });
    const std::int32_t first = -sum(negatives);
    __builtin_memcpy(at, &first, sizeof first);
  }

  // The first value of a row's sums: 0 if none of its numbers is negative.
  static const char* first_of(const PanelTile& t, int row) { return t.x + row * t.x_stride + 8 * t.lines; }

  // Rows after relu have no negative numbers and need no exclusive or, which saves a seventh of the time.
  template <int rows>
  GLASSFORMER_TILE static void tile(PanelTile& t) {
    std::int32_t negatives = 0;
    for (int r = 0; r < rows; r++) {
      std::int32_t first;
      __builtin_memcpy(&first, first_of(t, r), sizeof first);
      negatives |= first;
    }
    if (negatives) all_panels<rows, true>(t);
    else all_panels<rows, false>(t);
  }

  template <int rows, bool has_signs>
  GLASSFORMER_IN_TILE void all_panels(PanelTile& t) {
    if constexpr (rows == 1)
      if (!in_streams<4>(t, [&](int apart) { panels<1, 4, has_signs>(t, apart); })) return;
    do panels<rows, 1, has_signs>(t, 1);
    while (t.next_panel());
  }

  // Computes `count` panels, whose distance is `apart` panels. A single panel prefetches.
  template <int rows, int count, bool has_signs>
  GLASSFORMER_IN_TILE void panels(const PanelTile& t, int apart) {
    Ints sums[rows][count][kParts];
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++) {
      GLASSFORMER_UNROLL
      for (int p = 0; p < count; p++)
        for (int part = 0; part < kParts; part++) sums[r][p][part] = broadcast_bits(first_of(t, r));
    }
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const std::int64_t step = apart * t.lines * kPanelLine;
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPanelLine) {
      if constexpr (count == 1) prefetch_ahead<rows>(ahead, t.lines_ahead, line);
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l++) add_line<rows, count, has_signs>(sums, x, panel + l * kPanelLine, step, l);
      x.advance(8 * kLinesAtATime);
    }
    PanelTile of = t;
    GLASSFORMER_UNROLL
    for (int p = 0; p < count; p++, of.next_panels(apart)) {
      const float* x_scales = of.x_scales;  // a copy that no store can change
      const float* scales = of.scales;
      store_tile<rows>(of, [&, x_scales, scales](int r, int part) {
        return to_floats(sums[r][p][part]) * (broadcast(x_scales[r]) * load(scales + part * kLanes));
      });
    }
  }

  // Adds the products of a line of each panel, and of line `l` of the next lines of x. The distance of the panels is
  // `step` bytes.
  template <int rows, int count, bool has_signs>
  GLASSFORMER_IN_TILE void add_line(Ints (&sums)[rows][count][kParts], const RowBases<rows>& x, const char* line, std::int64_t step, int l) {
    Ints weights[count][kParts];
    GLASSFORMER_UNROLL
    for (int p = 0; p < count; p++) {
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) weights[p][part] = load_ints(line + p * step + part * kPanelLine / kParts);
    }
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++) {
      const Ints sizes = broadcast_bits(x.at(r) + 8 * l);
      const Ints signs = has_signs ? broadcast_bits(x.at(r) + 8 * l + 4) : no_ints();
      GLASSFORMER_UNROLL
      for (int p = 0; p < count; p++) {
        GLASSFORMER_UNROLL
        for (int part = 0; part < kParts; part++) {
          const Ints w = has_signs ? exclusive_or(weights[p][part], signs) : weights[p][part];
          sums[r][p][part] = in_place(dot_small_bytes(sums[r][p][part], sizes, w));
        }
      }
    }
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
