// float32 panels: an output is a lane, whose products are added one after the other by fused multiply-adds: in the same order on every
// instruction set, and however many rows and panels are computed together. Rows of x are copied: where they lie a power of two of
// bytes apart, few of them fit into the first cache at a time.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Float32Panels {
  static constexpr bool kScaled = false;
  static constexpr int kParts = 16 / kLanes;
  // Vectors of sums, as many as registers hold beside two lines of weights and a value of x. GCC spills some of more.
  static constexpr int kSums = kLanes == 16 ? 24 : kLanes == 8 ? 12 : 8;
  static constexpr int kRows = kLanes == 16 ? 12 : kSums / kParts;

  static std::int64_t row_bytes(const Matrix& w) { return 4 * (float32_depth(w) + kPreparedGap); }

  static void prepare(char* to, float*, const float* x, const Matrix& w) {
    fill_up(reinterpret_cast<float*>(to), x, w.width, float32_depth(w));
  }

  // Two panels at a time where registers hold their sums: a value of x is then loaded for twice as many products, and few rows have more
  // sums to go on with while an instruction waits for its own.
  template <int rows>
  GLASSFORMER_TILE static void tile(PanelTile& t) {
    if constexpr (2 * rows * kParts <= kSums) {
      while (t.columns > kPackedOutputs) {
        panels<rows, 2>(t);
        t.next_panel();
        if (!t.next_panel()) return;
      }
    }
    do panels<rows, 1>(t);
    while (t.next_panel());
  }

  // `count` panels that follow each other.
  template <int rows, int count>
  GLASSFORMER_IN_TILE void panels(const PanelTile& t) {
    Vec sums[rows][count][kParts];
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      GLASSFORMER_UNROLL
      for (int p = 0; p < count; p++) {
        GLASSFORMER_UNROLL
        for (int part = 0; part < kParts; part++) sums[r][p][part] = broadcast(0);
      }
    }
    ask_for_outputs(t, {0, rows}, count);
    RowBases<rows> x(t);
    const auto* panel = reinterpret_cast<const float*>(t.panel);
    const std::int64_t step = t.lines * kPackedOutputs;
    const char* ahead = t.ahead;
    const char* ahead_of_second = t.ahead + t.lines * kPanelLine;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPackedOutputs) {
      ask_ahead(ahead, t.lines_ahead);
      if constexpr (count == 2) ask_ahead(ahead_of_second, t.lines_ahead);
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l++) add_line<rows, count>(sums, x, panel + l * kPackedOutputs, step, l);
      x.advance(4 * kLinesAtATime);
    }
    store_tile<rows>(t, [&](int r, int part) { return sums[r][0][part]; });
    if constexpr (count == 2) {
      PanelTile second = t;
      second.next_panel();
      store_tile<rows>(second, [&](int r, int part) { return sums[r][1][part]; });
    }
  }

  // Adds the products of line `l` of the next ones, which lie `step` floats apart.
  template <int rows, int count>
  GLASSFORMER_IN_TILE void add_line(Vec (&sums)[rows][count][kParts], const RowBases<rows>& x, const float* line, std::int64_t step, int l) {
    Vec weights[count][kParts];
    GLASSFORMER_UNROLL
    for (int p = 0; p < count; p++) {
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) weights[p][part] = load(line + p * step + part * kLanes);
    }
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      const Vec value = broadcast(*reinterpret_cast<const float*>(x.at(r) + 4 * l));
      GLASSFORMER_UNROLL
      for (int p = 0; p < count; p++) {
        GLASSFORMER_UNROLL
        for (int part = 0; part < kParts; part++) sums[r][p][part] = fma(value, weights[p][part], sums[r][p][part]);
      }
    }
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
