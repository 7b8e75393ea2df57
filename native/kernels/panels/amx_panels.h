// Panels by AMX. In every format, 16 lines of a panel fill a tile register in the order of memory, and so do 64 bytes
// of 16 prepared rows. Two registers of rows meet two panels at a time, so that each register is loaded once for two
// products.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/panels/bfloat16_dots.h"
#include "kernels/panels/int8_rows.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/prefetch.h"
#include "kernels/partition.h"
#include "kernels/product/amx.h"
#include "kernels/product/epilogue.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

#ifdef GLASSFORMER_BFLOAT16

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr std::int64_t kAmxRows = 2 * kTileRegisterRows;
static_assert(kPreparedStep % kTileRegisterRows == 0 && kFewestPrepared % kPreparedStep == 0 && kMostPrepared % kPreparedStep == 0,
              "a register of rows is read whole");
// Outputs are prefetched before they are stored if y has at least kCachedOutputs floats, and a panel at least
// kPrefetchLines lines, so that there is time for it.
constexpr std::int64_t kCachedOutputs = 192 * 1024;
constexpr std::int64_t kPrefetchLines = 128;

// The stride of prepared rows: an odd number of cache lines, because rows a power of two apart would share few sets of
// the first cache.
inline std::int64_t odd_line_stride(std::int64_t row_bytes) { return (row_bytes / kTileRegisterBytes | 1) * kTileRegisterBytes; }

// The sums of some rows of y in some panels, as AMX's four registers hold them.
struct alignas(64) TileSums {
  char at[4][kTileRegisterRows * kTileRegisterBytes];  // [16 rows][panel]
  PanelTile tile;  // the first panel
  int panels;
  std::int64_t rows;
  // The number of rows that are finished.
  std::int64_t done;

  // Row `row` of panel 0. The same row of the next panel is kPanelStep bytes away.
  const char* row(std::int64_t row) const {
    return at[row / kTileRegisterRows * panels] + row % kTileRegisterRows * kTileRegisterBytes;
  }
  static constexpr std::int64_t kPanelStep = kTileRegisterRows * kTileRegisterBytes;
};

// Rows of y ← sums, after the epilogue.
template <class Format, int panels>
inline void finish_panels(const TileSums& sums, Range rows) {
  const PanelTile t = sums.tile;
  const typename Format::template Outputs<panels> outputs_of(t);
  const auto finish_with = [&](auto end) {
    Vec bias[panels];
    for (int p = 0; p < panels; p++) bias[p] = load(t.epilogue.bias + p * kLanes);
    for (std::int64_t r = rows.begin; r < rows.end; r++) {
      Vec outputs[panels];
      outputs_of(outputs, sums.row(r), r);
      float* y = t.y + r * t.y_stride;
      const float* residual = t.epilogue.residual + r * t.epilogue.residual_stride;
      GLASSFORMER_UNROLL
      for (int p = 0; p < panels; p++) store(y + p * kLanes, end(outputs[p] + bias[p], residual, p * kLanes));
    }
  };
  if (with_common_epilogue(t, panels * kPackedOutputs, finish_with)) return;
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    Vec outputs[panels];
    outputs_of(outputs, sums.row(r), r);
    PanelTile panel = t;
    for (int p = 0; p < panels; p++, panel.next_panel()) store_outputs(panel, static_cast<int>(r), &outputs[p]);
  }
}

// Finishes the next `count` rows.
template <class Format>
__attribute__((noinline)) void finish_rows(TileSums& sums, std::int64_t count) {
  const Range rows = {sums.done, smaller(sums.done + count, sums.rows)};
  sums.done = rows.end;
  if (sums.panels == 2) finish_panels<Format, 2>(sums, rows);
  else finish_panels<Format, 1>(sums, rows);
}

// How much of other work follows each product of a block.
struct Pace {
  // The lines that are multiplied before the first row of the previous block is finished: its sums are still on their
  // way to memory during the first product.
  std::int64_t wait;
  // The number of rows that are finished after each product.
  std::int64_t finished;
  // The number of rows of y prefetched after each product, or 0.
  std::int64_t prefetched;
};

inline Pace pace_of(std::int64_t lines, bool prefetch) {
  const std::int64_t wait = lines > kTileRegisterRows ? kTileRegisterRows : 0;
  const auto rows_for_each_of = [](std::int64_t left) { return (kAmxRows * kTileRegisterRows + left - 1) / left; };
  return {wait, rows_for_each_of(lines - wait), prefetch ? rows_for_each_of(lines) : 0};
}

// sums ← the products of its rows and panels. Meanwhile the rows of `before` are finished, some after each product:
// tiles and vectors have different units, which work at the same time.
template <class Format, int registers, int panels>
GLASSFORMER_AMX __attribute__((noinline)) void multiply_amx(TileSums& sums, TileSums& before, const Pace& pace) {
  constexpr bool two = registers == 2;
  constexpr std::int64_t kStep = kTileRegisterRows * kPanelLine;
  const std::int64_t lines = sums.tile.lines;
  const std::int64_t panel_bytes = lines * kPanelLine;
  const std::int64_t x_stride = sums.tile.x_stride;
  const char* x = sums.tile.x;
  const char* panel = sums.tile.panel;
  const char* ahead = sums.tile.ahead;
  const int lines_ahead = sums.tile.lines_ahead * static_cast<int>(kTileRegisterRows / kLinesAtATime) * panels;
  asm volatile("" ::: "memory");
  _tile_zero(0);
  if (panels > 1) _tile_zero(1);
  if (two) _tile_zero(2);
  if (two && panels > 1) _tile_zero(3);
  for (std::int64_t line = 0; line < lines; line += kTileRegisterRows, x += kTileRegisterBytes, panel += kStep) {
    _tile_loadd(4, x, x_stride);
    _tile_loadd(6, panel, kPanelLine);
    Format::template multiply<0>();
    if (two) {
      _tile_loadd(5, x + kTileRegisterRows * x_stride, x_stride);
      Format::template multiply<2>();
    }
    if (panels > 1) {
      _tile_loadd(7, panel + panel_bytes, kPanelLine);
      Format::template multiply<1>();
      if (two) Format::template multiply<3>();
    }
    prefetch_ahead<kTileRegisterRows>(ahead, lines_ahead, line);
    if (pace.prefetched) {
      const std::int64_t first = line / kTileRegisterRows * pace.prefetched;
      prefetch_outputs(sums.tile, {first, smaller(first + pace.prefetched, sums.rows)}, panels, 1);
    }
    if (line >= pace.wait && before.done < before.rows) finish_rows<Format>(before, pace.finished);
  }
  _tile_stored(0, sums.at[0], kTileRegisterBytes);
  if (panels > 1) _tile_stored(1, sums.at[1], kTileRegisterBytes);
  if (two) _tile_stored(2, sums.at[panels], kTileRegisterBytes);
  if (two && panels > 1) _tile_stored(3, sums.at[3], kTileRegisterBytes);
  asm volatile("" ::: "memory");
}

template <class Format>
inline void multiply_amx(TileSums& sums, TileSums& before, const Pace& pace) {
  const bool two = sums.rows > kTileRegisterRows;
  if (two && sums.panels == 2) multiply_amx<Format, 2, 2>(sums, before, pace);
  else if (two) multiply_amx<Format, 2, 1>(sums, before, pace);
  else if (sums.panels == 2) multiply_amx<Format, 1, 2>(sums, before, pace);
  else multiply_amx<Format, 1, 1>(sums, before, pace);
}

// panel_block by AMX.
template <class Format>
void amx_block(const LinearArgs& args, const Prepared& prepared, const Block& block) {
  const std::int64_t count = block.rows.length();
  const std::int64_t tiles = (count + kAmxRows - 1) / kAmxRows;
  const std::int64_t lines = panel_lines(args.weight);
  const Matrix& y = args.out;
  const Pace pace = pace_of(lines, lines >= kPrefetchLines && y.rows * y.width >= kCachedOutputs);
  TileSums both[2];
  both[1].rows = both[1].done = 0;
  int turn = 0;
  open_amx();
  for (std::int64_t first = block.columns.begin; first < block.columns.end; first += kPanelGroup * kPackedOutputs)
    for (std::int64_t row = 0; row < count; row += kAmxRows) {
      const std::int64_t end = smaller(first + kPanelGroup * kPackedOutputs, block.columns.end);
      // A single tile reads panel after panel, a stream that the processor recognizes by itself.
      const Prefetch prefetch = tiles == 1 ? Prefetch{} : prefetch_of(args.weight, row / kAmxRows, tiles, kPanelGroup);
      for (std::int64_t column = first; column < end; column += 2 * kPackedOutputs) {
        TileSums& sums = both[turn];
        turn = 1 - turn;
        sums.tile = panel_tile(args, prepared_from(prepared, row), block.rows.begin + row, column, end, prefetch);
        sums.panels = end - column > kPackedOutputs ? 2 : 1;
        sums.rows = smaller(kAmxRows, count - row);
        sums.done = 0;
        multiply_amx<Format>(sums, both[turn], pace);
      }
    }
  close_amx();
  finish_rows<Format>(both[1 - turn], kAmxRows);
}

// Rows of x are signed bytes, which AMX multiplies by signed bytes.
struct Int8Amx {
  static constexpr bool kScaled = true;

  static std::int64_t row_bytes(const Matrix& w) { return odd_line_stride(int8_depth(w)); }

  static void prepare(char* to, float* scale, const float* x, const Matrix& w) {
    auto* bytes = reinterpret_cast<std::int8_t*>(to);
    quantize_activation_row(scale, x, w.width, int8_depth(w), [&](std::int64_t i, const auto& values) { store_signed_bytes(bytes + i, values); });
  }

  // Multiplies register 4 or 5 of rows by register 6 or 7 of a panel, for one of the four sums.
  template <int sum>
  GLASSFORMER_AMX __attribute__((always_inline)) static inline void multiply() {
    if (sum == 0) _tile_dpbssd(0, 4, 6);
    if (sum == 1) _tile_dpbssd(1, 4, 7);
    if (sum == 2) _tile_dpbssd(2, 5, 6);
    if (sum == 3) _tile_dpbssd(3, 5, 7);
  }

  // The outputs are rounded as in Int8Dots.
  template <int panels>
  struct Outputs {
    Vec scales[panels];
    const float* x_scales;

    explicit Outputs(const PanelTile& t) : x_scales(t.x_scales) {
      for (int p = 0; p < panels; p++) scales[p] = load(t.scales + p * kLanes);
    }
    void operator()(Vec (&outputs)[panels], const char* sums, std::int64_t row) const {
      const Vec scale = broadcast(x_scales[row]);
      GLASSFORMER_UNROLL
      for (int p = 0; p < panels; p++) outputs[p] = to_floats(load_ints(sums + p * TileSums::kPanelStep)) * (scale * scales[p]);
    }
  };
};

// Rows of x as in Bfloat16Dots. AMX adds in an order of its own, even and odd inputs of each 32 separately. Therefore
// it computes all rows, even a single one, so that a row has the same bits alone as among others.
struct Bfloat16Amx : Bfloat16Dots {
  static std::int64_t row_bytes(const Matrix& w) { return odd_line_stride(Bfloat16Dots::row_bytes(w)); }

  template <int sum>
  GLASSFORMER_AMX __attribute__((always_inline)) static inline void multiply() {
    if (sum == 0) _tile_dpbf16ps(0, 4, 6);
    if (sum == 1) _tile_dpbf16ps(1, 4, 7);
    if (sum == 2) _tile_dpbf16ps(2, 5, 6);
    if (sum == 3) _tile_dpbf16ps(3, 5, 7);
  }

  template <int panels>
  struct Outputs {
    explicit Outputs(const PanelTile&) {}
    void operator()(Vec (&outputs)[panels], const char* sums, std::int64_t) const {
      GLASSFORMER_UNROLL
      for (int p = 0; p < panels; p++) outputs[p] = load(reinterpret_cast<const float*>(sums + p * TileSums::kPanelStep));
    }
  };
};

template <>
void panel_block<Int8Amx>(const LinearArgs& args, const Prepared& prepared, const Block& block) {
  amx_block<Int8Amx>(args, prepared, block);
}

template <>
void panel_block<Bfloat16Amx>(const LinearArgs& args, const Prepared& prepared, const Block& block) {
  amx_block<Bfloat16Amx>(args, prepared, block);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#endif
