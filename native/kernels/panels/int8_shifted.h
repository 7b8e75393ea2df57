// int8 panels of weights with a multiplier of inputs, as intgemm computes them on CPUs without VNNI (shiftedProduct of
// the JavaScript backend). Rows of x are stored with 127 added. Two products at a time are added in 16 bits, with
// saturation. 127 times the sums of weights is subtracted in floats, together with the bias. VNNI does not saturate,
// but it needs one instruction instead of three. It is used for lines whose weights are so small that 16 bits hold
// their sums, 99.6 % of the lines of Firefox's models.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/int8_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/prefetch.h"
#include "simd/simd.h"

#ifdef GLASSFORMER_INTS

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Int8Shifted {
  static constexpr bool kScaled = true;
  static constexpr int kRows = kLanes == 16 ? 12 : 4;
  static constexpr int kStreamRows = kLanes == 16 ? 2 : 1;

  static std::int64_t row_bytes(const Matrix& w) { return int8_depth(w); }

  // store_bytes adds 128 to each byte, so that no byte is 0 and 1 can be subtracted from all bytes of an integer at
  // once.
  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    auto* bytes = reinterpret_cast<std::uint8_t*>(to);
    quantize_row_by(*w.multipliers, scale, x, w.width, int8_depth(w), [&](std::int64_t i, const auto& values) {
      store_bytes(bytes + i, values);
      for (std::int64_t k = i; k < i + kInt8Inputs; k += 4 * kLanes) {
        const Ints shifted = subtract(load_ints(bytes + k), every_byte(1));
        __builtin_memcpy(bytes + k, &shifted, sizeof shifted);
      }
    });
  }

  template <int rows>
  GLASSFORMER_TILE static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    Ints sums[rows][kParts];
    begin_sums<rows>(sums);
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPanelLine) {
      prefetch_ahead<rows>(ahead, t.lines_ahead, line);
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l++) add_saturating<rows>(sums, x, panel + l * kPanelLine, l);
      x.advance(4 * kLinesAtATime);
    }
    store_sums<rows>(t, sums);
  }

  template <int rows>
  GLASSFORMER_IN_TILE void begin_sums(Ints (&sums)[rows][kParts]) {
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++)
      for (int part = 0; part < kParts; part++) sums[r][part] = no_ints();
  }

  // Adds the products of a line of weights with line `l` of the next lines of x.
  template <int rows>
  GLASSFORMER_IN_TILE void add_saturating(Ints (&sums)[rows][kParts], const RowBases<rows>& x, const char* line, int l) {
    Ints weights[kParts];
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) weights[part] = load_ints(line + part * kPanelLine / kParts);
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      const Ints bytes = broadcast_bits(x.at(r) + 4 * l);
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) sums[r][part] = add(sums[r][part], dot_bytes_in_pairs(bytes, weights[part]));
    }
  }

  template <int rows>
  GLASSFORMER_IN_TILE void store_sums(const PanelTile& t, const Ints (&sums)[rows][kParts]) {
    PanelTile rest = t;
    if (t.epilogue.scale == 1) rest.epilogue.bias = nullptr;
    Unquantized of;
    unquantize_panel(of, t.multipliers, t.sums, t.epilogue.scale == 1 ? t.epilogue.bias : nullptr, t.columns, t.output, t.outputs);
    const float* x_scales = t.x_scales;  // a copy that no store can change
    store_tile<rows>(rest, [&, x_scales](int r, int part) {
      const Vec product = to_floats(sums[r][part]) * load(of.factors + part * kLanes);
      return (product + load(of.added + part * kLanes)) * broadcast(x_scales[r]);
    });
  }
};

#if defined(GLASSFORMER_VNNI) && defined(GLASSFORMER_PAIR_SUMS)

// Few rows use the three instructions, because testing a line's weights takes as many.
struct Int8ShiftedDots : Int8Shifted {
  static constexpr int kRows = kLanes == 16 ? 16 : 6;
  static constexpr int kFewestRows = 3;

  template <int rows>
  GLASSFORMER_VNNI GLASSFORMER_TILE static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_VNNI GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    if constexpr (rows < kFewestRows) return Int8Shifted::panel<rows>(t);
    Ints sums[rows][kParts];
    begin_sums<rows>(sums);
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPanelLine) {
      prefetch_ahead<rows>(ahead, t.lines_ahead, line);
      if (__builtin_expect(lines_fit(panel), true)) {
        GLASSFORMER_UNROLL
        for (int l = 0; l < kLinesAtATime; l++) add_exact<rows>(sums, x, panel + l * kPanelLine, l);
      } else {
        for (int l = 0; l < kLinesAtATime; l++) add_saturating<rows>(sums, x, panel + l * kPanelLine, l);
      }
      x.advance(4 * kLinesAtATime);
    }
    store_sums<rows>(t, sums);
  }

  GLASSFORMER_IN_TILE bool lines_fit(const char* panel) {
    Ints most = no_ints();
    GLASSFORMER_UNROLL
    for (int at = 0; at < kLinesAtATime * kPanelLine; at += sizeof(Ints)) most = larger_pairs(most, pair_magnitudes(load_ints(panel + at)));
    return pairs_fit(most);
  }

  template <int rows>
  GLASSFORMER_VNNI GLASSFORMER_IN_TILE void add_exact(Ints (&sums)[rows][kParts], const RowBases<rows>& x, const char* line, int l) {
    Ints weights[kParts];
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) weights[part] = load_ints(line + part * kPanelLine / kParts);
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      const Ints bytes = broadcast_bits(x.at(r) + 4 * l);
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) sums[r][part] = dot_bytes(sums[r][part], bytes, weights[part]);
    }
  }
};

#endif

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
