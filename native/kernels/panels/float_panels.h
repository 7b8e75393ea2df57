// Panels of float32, and of bfloat16 that is widened. An output is a lane, to which fused multiply-adds add one product
// after the other. This order is the same on every instruction set, and for any number of rows and panels. Rows of x
// stay float32. They are copied, because the first cache would hold few rows whose distance is a power of two.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/prefetch.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// A format's lines: each has kInputs inputs of 16 outputs. One input is loaded at a time, as 16 / kLanes vectors.
struct Float32Line {
  static constexpr int kInputs = 1;
  static std::int64_t depth(const Matrix& w) { return float32_depth(w); }
  static Vec weights(const char* line, int part, int) { return load(reinterpret_cast<const float*>(line) + part * kLanes); }
};

#ifdef GLASSFORMER_INTS
struct Bfloat16Line {
  static constexpr int kInputs = 2;
  static std::int64_t depth(const Matrix& w) { return bfloat16_depth(w); }
  static Vec weights(const char* line, int part, int input) {
    const Ints pairs = load_ints(line + part * kPanelLine / kParts);
    return input ? upper_half(pairs) : lower_half(pairs);
  }
};
#endif

template <class Line>
struct FloatPanels {
  static constexpr bool kScaled = false;
  // The number of vectors of sums for which there are registers, besides two lines of weights and a value of x. With
  // more, GCC spills some, and so does Clang if a line has two inputs.
  static constexpr int kSums = kLanes == 16 ? 24 : kRegisters == 32 ? 20 : kLanes == 8 ? 12 : 8;
  static constexpr int kRows = kLanes == 16 ? 12 : kSums / kParts - (Line::kInputs - 1);
  static constexpr int kStreamRows = kLanes != 16 ? 1 : Line::kInputs == 1 ? 4 : 2;

  static std::int64_t row_bytes(const Matrix& w) { return 4 * (Line::depth(w) + kPreparedGap); }

  static void prepare(char* to, float*, const float* x, const Matrix& w) {
    fill_up(reinterpret_cast<float*>(to), x, w.width, Line::depth(w));
  }

  // A tile meets several panels at a time. A row alone meets four, or two of float32 with AVX-512, which come as fast.
  // Few rows meet two, if registers hold their sums and weights: a value of x is then loaded for twice as many
  // products, and there are more sums to work on while an instruction waits for its own.
  template <int rows>
  GLASSFORMER_TILE static void tile(PanelTile& t) {
    constexpr int kStreams = rows == 1 && (kLanes == 8 || Line::kInputs == 2) ? 4 : 2;
    if constexpr (kStreams * rows * kParts + 4 * (Line::kInputs - 1) <= kSums)
      if (!in_streams<kStreams>(t, [&](int apart) { panels<rows, kStreams>(t, apart); })) return;
    do panels<rows, 1>(t, 1);
    while (t.next_panel());
  }

  // Computes `count` panels, whose distance is `apart` panels.
  template <int rows, int count>
  GLASSFORMER_IN_TILE void panels(const PanelTile& t, int apart) {
    // The number of lines that are unrolled together. With 16 registers and more than one line, GCC keeps sums of many
    // rows in memory.
    constexpr int kLines = kLanes == 16 || rows * count < 3 ? kLinesAtATime : 1;
    Vec sums[rows][count][kParts];
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      GLASSFORMER_UNROLL
      for (int p = 0; p < count; p++) {
        GLASSFORMER_UNROLL
        for (int part = 0; part < kParts; part++) sums[r][p][part] = broadcast(0);
      }
    }
    if constexpr (count < 4) prefetch_outputs(t, {0, rows}, count, apart);
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const std::int64_t step = apart * t.lines * kPanelLine;
    const char* ahead = t.ahead;
    const char* ahead_of_second = t.ahead + step;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPanelLine) {
      if constexpr (count < 4) prefetch_ahead<rows>(ahead, t.lines_ahead, line);
      if constexpr (count == 2) prefetch_ahead<rows>(ahead_of_second, t.lines_ahead, line);
      GLASSFORMER_NO_UNROLL
      for (int l = 0; l < kLinesAtATime; l += kLines) {
        GLASSFORMER_UNROLL
        for (int i = 0; i < kLines * Line::kInputs; i++) add_input<rows, count>(sums, x, panel + l * kPanelLine, step, i);
        x.advance(4 * kLines * Line::kInputs);
      }
    }
    store_tile<rows>(t, [&](int r, int part) { return sums[r][0][part]; });
    if constexpr (count > 1) {
      PanelTile next = t;
      GLASSFORMER_UNROLL
      for (int p = 1; p < count; p++) {
        next.next_panels(apart);
        store_tile<rows>(next, [&](int r, int part) { return sums[r][p][part]; });
      }
    }
  }

  // Adds the products of input `i` of the next lines, whose distance from panel to panel is `step` bytes.
  template <int rows, int count>
  GLASSFORMER_IN_TILE void add_input(Vec (&sums)[rows][count][kParts], const RowBases<rows>& x, const char* panel, std::int64_t step, int i) {
    const char* line = panel + i / Line::kInputs * kPanelLine;
    Vec weights[count][kParts];
    GLASSFORMER_UNROLL
    for (int p = 0; p < count; p++) {
      GLASSFORMER_UNROLL
      for (int part = 0; part < kParts; part++) {
        weights[p][part] = Line::weights(line + p * step, part, i % Line::kInputs);
        // in_place keeps GCC from loading the weights again for each of so few rows.
        if constexpr (kLanes == 16 && rows >= 2 && rows <= 4) weights[p][part] = in_place(weights[p][part]);
      }
    }
    GLASSFORMER_UNROLL_TILE
    for (int r = 0; r < rows; r++) {
      const Vec value = broadcast(*reinterpret_cast<const float*>(x.at(r) + 4 * i));
      GLASSFORMER_UNROLL
      for (int p = 0; p < count; p++) {
        GLASSFORMER_UNROLL
        for (int part = 0; part < kParts; part++) sums[r][p][part] = fma(value, weights[p][part], sums[r][p][part]);
      }
    }
  }
};

using Float32Panels = FloatPanels<Float32Line>;
#ifdef GLASSFORMER_INTS
using Bfloat16Panels = FloatPanels<Bfloat16Line>;
#endif

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
