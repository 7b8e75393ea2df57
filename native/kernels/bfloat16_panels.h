// bfloat16 panels whose weights are widened; rows of x stay float32. Sums are collected in the same order however many rows there are.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Bfloat16Panels {
  static constexpr bool kScaled = false;
  static constexpr int kParts = 16 / kLanes;
  // Of each output: even inputs and odd ones, with AVX-512 of two lines in turn.
  static constexpr int kSums = kLanes == 16 ? 4 : 2;
  static constexpr int kRows = kLanes == 16 ? 6 : 2;

  static std::int64_t row_bytes(const Matrix& w) { return 4 * bfloat16_depth(w); }

  static void prepare(char* to, float*, const float* x, const Matrix& w) { fill_up(reinterpret_cast<float*>(to), x, w.width, bfloat16_depth(w)); }

  // Adds the products of line `line`, whose sums begin at `first`.
  template <int rows, int first>
  static void add_line(Vec (&sums)[rows][kParts][kSums], const float* const (&x)[rows], const char* panel, std::int64_t line) {
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) {
      const Ints pairs = load_ints(panel + line * kPanelLine + part * kPanelLine / kParts);
      const Vec even = lower_half(pairs);
      const Vec odd = upper_half(pairs);
      GLASSFORMER_UNROLL
      for (int r = 0; r < rows; r++) {
        Vec* to = sums[r][part] + first;
        to[0] = fma(broadcast(x[r][2 * line]), even, to[0]);
        to[1] = fma(broadcast(x[r][2 * line + 1]), odd, to[1]);
      }
    }
  }

  template <int rows>
  static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    Vec sums[rows][kParts][kSums];
    const float* x[rows];
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++) {
      x[r] = reinterpret_cast<const float*>(t.x + r * t.x_stride);
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++)
        for (int s = 0; s < kSums; s++) sums[r][part][s] = broadcast(0);
    }
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime) {
      ask_ahead(ahead, t.lines_ahead);
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l += 2) {
        add_line<rows, 0>(sums, x, t.panel, line + l);
        add_line<rows, 2 % kSums>(sums, x, t.panel, line + l + 1);
      }
    }
    store_tile<rows>(t, [&](int r, int part) {
      const Vec* s = sums[r][part];
      return kSums == 4 ? (s[0] + s[1]) + (s[2 % kSums] + s[3 % kSums]) : s[0] + s[1];
    });
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
