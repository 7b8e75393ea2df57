// int8 panels by products of 16-bit pairs (pmaddwd): exact, for a pair's sum needs 15 bits and is added in 32. Bytes 0 and 2 of each
// four inputs are one pair, 1 and 3 another: shifts make 16-bit numbers of them, and every lane keeps to one output.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Int8Panels {
  static constexpr bool kScaled = true;
  static constexpr int kRows = 4;
  static constexpr int kParts = 16 / kLanes;

  static std::int64_t row_bytes(const Matrix& w) { return 2 * int8_depth(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    auto* words = reinterpret_cast<std::int16_t*>(to);
    quantise(scale, x, w.width, int8_depth(w), [&](std::int64_t i, const auto& values) {
      for (int v = 0; v < kInt8Inputs / kLanes; v++) store_words(words + i + v * kLanes, values[v]);
    });
  }

  // Adds the products of a line.
  template <int rows>
  static void add_line(Ints (&sums)[rows][kParts], const char* const (&x)[rows], const char* panel, std::int64_t line) {
    Ints even[kParts], odd[kParts];
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) {
      const Ints bytes = load_ints(panel + line * kPanelLine + part * kPanelLine / kParts);
      even[part] = even_bytes(bytes);
      odd[part] = odd_bytes(bytes);
    }
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++) {
      const Ints first = broadcast_bits(x[r] + 8 * line);
      const Ints second = broadcast_bits(x[r] + 8 * line + 4);
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++)
        sums[r][part] = add(sums[r][part], add(dot_words(first, even[part]), dot_words(second, odd[part])));
    }
  }

  template <int rows>
  static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    Ints sums[rows][kParts];
    const char* x[rows];
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++) {
      x[r] = t.x + r * t.x_stride;
      for (int part = 0; part < kParts; part++) sums[r][part] = no_ints();
    }
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime) {
      ask_ahead(ahead, t.lines_ahead);
      for (std::int64_t l = line; l < line + kLinesAtATime; l++) add_line<rows>(sums, x, t.panel, l);
    }
    const float* x_scales = t.x_scales;
    store_tile<rows>(t, [&, x_scales](int r, int part) {
      return to_floats(sums[r][part]) * (broadcast(x_scales[r]) * load(t.scales + part * kLanes));
    });
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
