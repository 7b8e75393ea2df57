// int8 panels by AVX512-VNNI: four products of a byte without sign and one with are added in 32 bits, exactly. Rows of x are stored
// with 128 added, and 128 times the sum of each output's weights is subtracted at the end.
#pragma once

#define GLASSFORMER_VNNI __attribute__((target("avx512vnni")))

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Int8Dots {
  static constexpr int kRows = 16;

  static std::int64_t row_bytes(const Matrix& w) { return int8_depth(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    auto* bytes = reinterpret_cast<std::uint8_t*>(to);
    *scale = quantise(x, w.width, int8_depth(w), [&](std::int64_t i, Vec values) { store_bytes(bytes + i, values); });
  }

  template <int rows>
  GLASSFORMER_VNNI __attribute__((noinline)) static void tile(const PanelTile& t) {
    // An instruction waits four cycles for its own sum: few rows keep several.
    constexpr int kSums = rows == 1 ? 4 : rows < 4 ? 2 : 1;
    Ints sums[rows][kSums];
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++)
      for (int s = 0; s < kSums; s++) sums[r][s] = no_ints();
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPanelLine) {
      ask_ahead(ahead, t.lines_ahead);
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l++) {
        const Ints weights = load_ints(panel + l * kPanelLine);
        GLASSFORMER_UNROLL_TILE
        for (int r = 0; r < rows; r++)
          sums[r][l % kSums] = _mm512_dpbusd_epi32(sums[r][l % kSums], broadcast_bits(x.at(r) + 4 * l), weights);
      }
      x.advance(4 * kLinesAtATime);
    }
    const Ints added = times_128(load_ints(t.sums));
    const Vec scales = load(t.scales);
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      Ints sum = subtract(sums[r][0], added);
      GLASSFORMER_UNROLL
      for (int s = 1; s < kSums; s++) sum = add(sum, sums[r][s]);
      const Vec outputs = to_floats(sum) * (broadcast(t.x_scales[r]) * scales);
      store_outputs(t, r, &outputs);
    }
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
