// float32 panels: an output is a lane, so its products are added in the same order on every instruction set: those of even inputs
// and those of odd ones, each by fused multiply-adds, and then the two. Rows of x are copied: where they lie a power of two of
// bytes apart, few of them fit into the first cache at a time.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Float32Panels {
  static constexpr bool kScaled = false;
  static constexpr int kParts = 16 / kLanes;
  // An instruction waits four cycles for its own sum: one row has two for each vector.
  static constexpr int kSums = 2;
  // As many as registers hold the sums of, beside a vector of the weight and one of x.
  static constexpr int kRows = kLanes == 16 ? 14 : kLanes == 8 ? 3 : 1;

  static std::int64_t row_bytes(const Matrix& w) { return 4 * (float32_depth(w) + kPreparedGap); }

  static void prepare(char* to, float*, const float* x, const Matrix& w) {
    fill_up(reinterpret_cast<float*>(to), x, w.width, float32_depth(w));
  }

  template <int rows>
  GLASSFORMER_TILE static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    Vec sums[rows][kParts][kSums];
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++)
      for (int part = 0; part < kParts; part++)
        for (int s = 0; s < kSums; s++) sums[r][part][s] = broadcast(0);
    RowBases<rows> x(t);
    const auto* panel = reinterpret_cast<const float*>(t.panel);
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPackedOutputs) {
      ask_ahead(ahead, t.lines_ahead);
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l++) {
        Vec weights[kParts];
        GLASSFORMER_UNROLL
        for (int part = 0; part < kParts; part++) weights[part] = load(panel + l * kPackedOutputs + part * kLanes);
        GLASSFORMER_UNROLL_TILE
        for (int r = 0; r < rows; r++) {
          const Vec value = broadcast(*reinterpret_cast<const float*>(x.at(r) + 4 * l));
          GLASSFORMER_UNROLL
          for (int part = 0; part < kParts; part++)
            sums[r][part][l % kSums] = fma(value, weights[part], sums[r][part][l % kSums]);
        }
      }
      x.advance(4 * kLinesAtATime);
    }
    store_tile<rows>(t, [&](int r, int part) { return sums[r][part][0] + sums[r][part][1]; });
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
