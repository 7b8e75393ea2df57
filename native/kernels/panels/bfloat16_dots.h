// bfloat16 panels by AVX512-BF16: rows of x are rounded to bfloat16 too, and an instruction adds two products. The
// order of sums is the same for any number of rows.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/prefetch.h"
#include "kernels/product/bfloat16.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

#ifdef GLASSFORMER_BFLOAT16

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Bfloat16Dots {
  static constexpr bool kScaled = false;
  // An instruction waits six cycles for its own sum, so that an output has several.
  static constexpr int kSums = kLinesAtATime;
  static constexpr int kRows = 7;
  static constexpr int kStreamRows = 4;

  static std::int64_t row_bytes(const Matrix& w) { return 2 * bfloat16_depth(w); }

  GLASSFORMER_PAIRS static void prepare(char* to, float*, const float* x, const Matrix& w) {
    auto* row = reinterpret_cast<float*>(to);
    for (std::int64_t i = 0; i < bfloat16_depth(w); i += 2 * kLanes)
      store(row + i / 2, reinterpret_cast<Vec>(rounded(load_first(x + i, w.width - i),
                                                       load_first(x + i + kLanes, w.width - i - kLanes))));
  }

  template <int rows>
  GLASSFORMER_PAIRS GLASSFORMER_TILE static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_PAIRS GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    Vec sums[rows][kSums];
    GLASSFORMER_UNROLL
    for (int r = 0; r < rows; r++)
      for (int s = 0; s < kSums; s++) sums[r][s] = broadcast(0);
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPanelLine) {
      prefetch_ahead<rows>(ahead, t.lines_ahead, line);
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l++) {
        const auto weights = reinterpret_cast<__m512bh>(load_ints(panel + l * kPanelLine));
        GLASSFORMER_UNROLL
        for (int r = 0; r < rows; r++)
          sums[r][l] = _mm512_dpbf16_ps(sums[r][l], reinterpret_cast<__m512bh>(broadcast_bits(x.at(r) + 4 * l)), weights);
      }
      x.advance(4 * kLinesAtATime);
    }
    store_tile<rows>(t, [&](int r, int) { return (sums[r][0] + sums[r][1]) + (sums[r][2] + sums[r][3]); });
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
