// int8 panels by AVX512-VNNI, AVX-VNNI or NEON's SDOT: an instruction adds four products of bytes in 32 bits, exactly.
// On x86 the bytes of a row must be unsigned: they are stored with 128 added, and 128 times the sum of an output's
// weights is subtracted from its sum.
#pragma once
#include "kernels/call.h"
#include "kernels/panels/int8_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/prefetch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

#ifdef GLASSFORMER_VNNI

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Int8Dots;
template <>
constexpr int kFarRows<Int8Dots> = kLanes == 16 ? 5 : 2;

struct Int8Dots {
  static constexpr bool kScaled = true;
  static constexpr int kRows = kLanes == 16 ? 16 : 6;
  static constexpr int kStreamRows = kLanes == 16 ? 3 : 2;

  static std::int64_t row_bytes(const Matrix& w) { return int8_depth(w); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    auto* bytes = reinterpret_cast<std::uint8_t*>(to);
    quantize_activation_row(scale, x, w.width, int8_depth(w), [&](std::int64_t i, const auto& values) { store_bytes(bytes + i, values); });
  }

  // The excess of an output's sum that comes from kAddedToBytes in each byte of a row.
  static Ints added(const PanelTile& t, int part) { return added_to_sums(load_ints(t.sums + part * kLanes)); }

  template <int rows>
  GLASSFORMER_VNNI GLASSFORMER_TILE static void tile(PanelTile& t) {
    do panel<rows>(t);
    while (t.next_panel());
  }

  template <int rows>
  GLASSFORMER_VNNI GLASSFORMER_IN_TILE void panel(const PanelTile& t) {
    // An instruction waits four or five cycles for its own sum. With few rows, an output has several sums, as many as
    // registers hold.
    constexpr int kSums = rows == 1 ? 4 : rows < (kLanes == 16 ? 8 : 4) ? 2 : 1;
    // With many rows, sums begin with the excess negated. With few rows, which would wait for it to be loaded, it is
    // subtracted at the end.
    constexpr bool kOffFirst = rows > kRows / 2;
    Ints sums[rows][kParts][kSums];
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) {
      const Ints first = kOffFirst ? subtract(no_ints(), added(t, part)) : no_ints();
      GLASSFORMER_UNROLL_TILE
      for (int r = 0; r < rows; r++)
        for (int s = 0; s < kSums; s++) sums[r][part][s] = first;
    }
    RowBases<rows> x(t);
    const char* panel = t.panel;
    const char* ahead = t.ahead;
    for (std::int64_t line = 0; line < t.lines; line += kLinesAtATime, panel += kLinesAtATime * kPanelLine) {
      prefetch_ahead<rows>(ahead, t.lines_ahead, line);
      GLASSFORMER_UNROLL
      for (int l = 0; l < kLinesAtATime; l++) {
        Ints weights[kParts];
        GLASSFORMER_UNROLL
        for (int part = 0; part < kParts; part++) {
          weights[part] = load_ints(panel + l * kPanelLine + part * kPanelLine / kParts);
          // in_place keeps GCC from loading the weights again for each of so few rows.
          if constexpr (rows == 2 || rows == 3) weights[part] = in_place(weights[part]);
        }
        GLASSFORMER_UNROLL_TILE
        for (int r = 0; r < rows; r++) {
          const Ints bytes = broadcast_bits(x.at(r) + 4 * l);
          GLASSFORMER_UNROLL
          for (int part = 0; part < kParts; part++)
            sums[r][part][l % kSums] = dot_bytes(sums[r][part][l % kSums], bytes, weights[part]);
        }
      }
      x.advance(4 * kLinesAtATime);
    }
    Ints last[kParts];
    Vec scales[kParts];
    GLASSFORMER_UNROLL
    for (int part = 0; part < kParts; part++) {
      last[part] = kOffFirst ? no_ints() : added(t, part);
      scales[part] = load(t.scales + part * kLanes);
    }
    const float* x_scales = t.x_scales;  // a copy that no store can change
    store_tile<rows>(t, [&, x_scales](int r, int part) {
      Ints sum = kOffFirst ? sums[r][part][0] : subtract(sums[r][part][0], last[part]);
      GLASSFORMER_UNROLL
      for (int s = 1; s < kSums; s++) sum = add(sum, sums[r][part][s]);
      return to_floats(sum) * (broadcast(x_scales[r]) * scales[part]);
    });
  }
};

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
