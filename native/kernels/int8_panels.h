// int8 panels without VNNI: |x| · (w with the sign of x), four products of bytes at a time, as pmaddubsw has them. Exact, for 16 bits hold
// two of them, where x + 128 would need 17. Where x is below 0, w becomes −w − 1 by one exclusive or: what that takes off the sums,
// the magnitudes of a row's negative numbers, is their beginning.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Int8Panels {
  static constexpr bool kScaled = true;
  static constexpr int kRows = 4;

  // Of four inputs each the magnitudes and which are negative, and behind them what sums begin with.
  static std::int64_t row_bytes(const Matrix& w) { return 2 * int8_depth(w) + kPanelLine; }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    char* at = to;
    Ints negatives = no_ints();
    quantise(scale, x, w.width, int8_depth(w), [&](std::int64_t, const auto& values) {
      for (int v = 0; v < kInt8Inputs / kLanes; v += 4, at += 8 * kLanes) {
        const Ints bytes = signed_bytes(values + v);
        negatives = add(negatives, dot_small_bytes(magnitudes(bytes), negative(bytes)));
        store_in_turn(at, magnitudes(bytes), negative(bytes));
      }
    });
    const std::int32_t first = -sum(negatives);
    __builtin_memcpy(at, &first, sizeof first);
  }

  // What the sums of a row begin with: 0 where none of its numbers is negative.
  static const char* first_of(const PanelTile& t, int row) { return t.x + row * t.x_stride + 8 * t.lines; }

  // Rows that relu has made have no negative numbers, and need no exclusive or: a seventh of the time.
  template <int rows>
  GLASSFORMER_TILE static void tile(PanelTile& t) {
    std::int32_t negatives = 0;
    for (int r = 0; r < rows; r++) {
      std::int32_t first;
      __builtin_memcpy(&first, first_of(t, r), sizeof first);
      negatives |= first;
    }
    if (negatives) panels<rows, true>(t);
    else panels<rows, false>(t);
  }

  template <int rows, bool has_signs>
  GLASSFORMER_IN_TILE void panels(PanelTile& t) {
    do panel<rows, has_signs>(t);
    while (t.next_panel());
  }

  template <int rows, bool has_signs>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    Ints sums[rows][kParts];
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++)
      for (int part = 0; part < kParts; part++) sums[r][part] = broadcast_bits(first_of(t, r));
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPanelLine) {
      ask_ahead(ahead, t.lines_ahead);
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l++) add_line<rows, has_signs>(sums, x, panel + l * kPanelLine, l);
      x.advance(8 * kLinesAtATime);
    }
    const float* x_scales = t.x_scales;  // which no store can change
    store_tile<rows>(t, [&, x_scales](int r, int part) {
      return to_floats(sums[r][part]) * (broadcast(x_scales[r]) * load(t.scales + part * kLanes));
    });
  }

  // Adds the products of a line, which is line `l` of the next ones of x.
  template <int rows, bool has_signs>
  GLASSFORMER_IN_TILE void add_line(Ints (&sums)[rows][kParts], const RowBases<rows>& x, const char* line, int l) {
    Ints weights[kParts];
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) weights[part] = load_ints(line + part * kPanelLine / kParts);
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++) {
      const Ints sizes = broadcast_bits(x.at(r) + 8 * l);
      const Ints signs = has_signs ? broadcast_bits(x.at(r) + 8 * l + 4) : no_ints();
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++)
        sums[r][part] = in_place(add(sums[r][part], dot_small_bytes(sizes, has_signs ? exclusive_or(weights[part], signs) : weights[part])));
    }
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
