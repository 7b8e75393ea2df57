// int8 panels where an instruction adds two products of 16 bits, and there are no products of bytes (WebAssembly
// without relaxed SIMD): rows of x are stored as 16 bits, and weights are widened when they are loaded. All sums are
// exact. Each output has two sums, which are added at the end.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/int8_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

#ifdef GLASSFORMER_WORDS

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Int8Words {
  static constexpr bool kScaled = true;
  static constexpr int kRows = 3;
  static constexpr int kStreamRows = 1;

  static std::int64_t row_bytes(const Matrix& w) { return 2 * int8_depth(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    quantize_activation_row(scale, x, w.width, int8_depth(w), [&](std::int64_t i, const auto& values) {
      for (int v = 0; v < kInt8Inputs / kLanes; v += 2) store_words(to + 2 * (i + v * kLanes), values[v], values[v + 1]);
    });
  }

  // The number of vectors of outputs for which registers hold two sums of each row: a whole panel for one row, half a
  // panel for more.
  template <int rows>
  static constexpr int kOutputs = rows == 1 ? kParts : kParts / 2;

  template <int rows>
  GLASSFORMER_TILE static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    Vec outputs[rows][kParts];
    for (int first = 0; first < kParts; first += kOutputs<rows>) some_outputs<rows>(t, first, outputs);
    store_tile<rows>(t, [&](int r, int part) { return outputs[r][part]; });
  }

  // Computes vectors of outputs [first, first + kOutputs) of each row.
  template <int rows>
  GLASSFORMER_IN_TILE void some_outputs(const PanelTile& t, int first, Vec (&outputs)[rows][kParts]) {
    constexpr int kSums = 2 * kOutputs<rows>;
    Ints sums[rows][kSums];
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++) {
      GLASSFORMER_UNROLL
      for (Ints& sum : sums[r]) sum = no_ints();
    }
    RowBases<rows> x(t);
    const char* panel = t.panel + first * kPanelLine / kParts;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPanelLine) {
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l++) add_line(sums, x, panel + l * kPanelLine, l);
      x.advance(8 * kLinesAtATime);
    }
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++) {
      GLASSFORMER_UNROLL
      for (int v = 0; v < kOutputs<rows>; v++)
        outputs[r][first + v] = to_floats(pair_sums(sums[r][2 * v], sums[r][2 * v + 1])) *
                                (broadcast(t.x_scales[r]) * load(t.scales + (first + v) * kLanes));
    }
  }

  // Adds the products of a line of weights with line `l` of the next lines of x.
  template <int rows, int count>
  GLASSFORMER_IN_TILE void add_line(Ints (&sums)[rows][count], const RowBases<rows>& x, const char* line, int l) {
    Ints inputs[rows];
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++) inputs[r] = broadcast_words(x.at(r) + 8 * l);
    GLASSFORMER_UNROLL
    for (int s = 0; s < count; s++) {
      const Ints weights = widened_bytes(line + 8 * s);
      GLASSFORMER_UNROLL
      for (int r = 0; r < rows; r++) sums[r][s] = add(sums[r][s], dot_words(inputs[r], weights));
    }
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
