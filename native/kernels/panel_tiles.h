// Panels by AMX: 16 lines of a panel are a register as they lie in memory, whatever the format, and so are 64 bytes of 16 prepared
// rows. Two registers of rows meet two panels at a time, so that each register is loaded once for two products.
//
// This was compared with the other instruction sets in an emulator. No processor with AMX was there to measure it.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr std::int64_t kTilesRows = 2 * kTileRegisterRows;
// With fewer rows of int8 the dot products of AVX-512 take no longer than memory does: at two lines a cycle for each row.
constexpr std::int64_t kFewestTilesRows = 8;

// An odd number of cache lines: rows that are a power of two apart would share few places of the first cache.
inline std::int64_t apart(std::int64_t row_bytes) { return (row_bytes / kTileRegisterBytes | 1) * kTileRegisterBytes; }

// What the four registers of sums leave.
struct alignas(64) TileSums {
  char at[2][2][kTileRegisterRows * kTileRegisterBytes];  // [rows][panel]
};

// The products of some rows with one panel or two, of which `t` has the first.
template <class Format, bool more_rows, bool two_panels>
GLASSFORMER_TILES __attribute__((noinline)) void multiply_tiles(TileSums& sums, const PanelTile& t) {
  const std::int64_t panel_bytes = t.lines * kPanelLine;
  const char* x = t.x;
  const char* more = t.x + kTileRegisterRows * t.x_stride;
  const char* panel = t.panel;
  const char* ahead = t.ahead;
  const char* ahead2 = t.ahead + panel_bytes;
  const int lines_ahead = t.lines_ahead * static_cast<int>(kTileRegisterRows / kLinesAtATime);
  asm volatile("" ::: "memory");
  _tile_zero(0);
  if (two_panels) _tile_zero(1);
  if (more_rows) _tile_zero(2);
  if (more_rows && two_panels) _tile_zero(3);
  for (std::int64_t line = 0; line < t.lines; line += kTileRegisterRows) {
    _tile_loadd(4, x, t.x_stride);
    _tile_loadd(6, panel, kPanelLine);
    if (more_rows) _tile_loadd(5, more, t.x_stride);
    if (two_panels) _tile_loadd(7, panel + panel_bytes, kPanelLine);
    Format::template multiply<more_rows, two_panels>();
    ask_ahead(ahead, lines_ahead);
    if (two_panels) ask_ahead(ahead2, lines_ahead);
    x += kTileRegisterBytes;
    more += kTileRegisterBytes;
    panel += kTileRegisterRows * kPanelLine;
  }
  _tile_stored(0, sums.at[0][0], kTileRegisterBytes);
  if (two_panels) _tile_stored(1, sums.at[0][1], kTileRegisterBytes);
  if (more_rows) _tile_stored(2, sums.at[1][0], kTileRegisterBytes);
  if (more_rows && two_panels) _tile_stored(3, sums.at[1][1], kTileRegisterBytes);
  asm volatile("" ::: "memory");
}

template <class Format>
inline void multiply_tiles(TileSums& sums, const PanelTile& t, bool more_rows, bool two_panels) {
  if (more_rows && two_panels) return multiply_tiles<Format, true, true>(sums, t);
  if (more_rows) return multiply_tiles<Format, true, false>(sums, t);
  if (two_panels) return multiply_tiles<Format, false, true>(sums, t);
  multiply_tiles<Format, false, false>(sums, t);
}

// Rows of y ← the sums of panel 0 or 1, finished.
template <class Format>
void store_sums(const TileSums& sums, int panel, const PanelTile& t, std::int64_t rows) {
  const typename Format::Outputs outputs_of(t);
  for (int r = 0; r < rows; r++) {
    const char* from = sums.at[r / kTileRegisterRows][panel] + r % kTileRegisterRows * kTileRegisterBytes;
    const Vec outputs = outputs_of(from, r);
    store_outputs(t, r, &outputs);
  }
}

// As panel_block.
template <class Format>
void tiles_block(const Call& call, const Prepared& prepared, const Block& block) {
  const std::int64_t lines = panel_lines(call.inputs[1]);
  const std::int64_t group = kPanelGroup * kPackedOutputs;
  const std::int64_t count = block.rows.end - block.rows.begin;
  const std::int64_t tiles = (count + kTilesRows - 1) / kTilesRows;
  std::int64_t opened = 0;
  TileSums sums;
  for (std::int64_t first = block.columns.begin; first < block.columns.end; first += group) {
    const std::int64_t end = smaller(first + group, block.columns.end);
    for (std::int64_t t = 0; t < tiles; t++) {
      const std::int64_t row = block.rows.begin + t * kTilesRows;
      const std::int64_t rows = smaller(kTilesRows, block.rows.end - row);
      const Prepared x = prepared_from(prepared, t * kTilesRows);
      const Asking asks = asking(t, tiles, lines);
      if (rows != opened) open_tiles(smaller(rows, kTileRegisterRows), rows > kTileRegisterRows ? rows - kTileRegisterRows : 1);
      opened = rows;
      for (std::int64_t column = first; column < end; column += 2 * kPackedOutputs) {
        const PanelTile tile = panel_tile(call, x, row, column, end, asks);
        const bool two_panels = end - column > kPackedOutputs;
        multiply_tiles<Format>(sums, tile, rows > kTileRegisterRows, two_panels);
        store_sums<Format>(sums, 0, tile, rows);
        if (two_panels) store_sums<Format>(sums, 1, panel_tile(call, x, row, column + kPackedOutputs, end, asks), rows);
      }
    }
  }
  close_tiles();
}

// Bytes without sign and with one, as Int8Dots has them: the same integers, and the same roundings behind them.
struct Int8Tiles : Int8Dots {
  static std::int64_t row_bytes(const Matrix& w) { return apart(Int8Dots::row_bytes(w)); }

  template <bool more_rows, bool two_panels>
  GLASSFORMER_TILES __attribute__((always_inline)) static inline void multiply() {
    _tile_dpbusd(0, 4, 6);
    if (two_panels) _tile_dpbusd(1, 4, 7);
    if (more_rows) _tile_dpbusd(2, 5, 6);
    if (more_rows && two_panels) _tile_dpbusd(3, 5, 7);
  }

  struct Outputs {
    Ints added;
    Vec scales;

    const float* x_scales;

    explicit Outputs(const PanelTile& t) : added(times_128(load_ints(t.sums))), scales(load(t.scales)), x_scales(t.x_scales) {}
    Vec operator()(const char* sums, int row) const {
      return to_floats(subtract(load_ints(sums), added)) * (broadcast(x_scales[row]) * scales);
    }
  };
};

// Rows of x as Bfloat16Dots has them. AMX adds in an order of its own, even and odd inputs of each 32 apart, so it takes all rows,
// however few: a row has the same bits alone as among others.
struct Bfloat16Tiles : Bfloat16Dots {
  static std::int64_t row_bytes(const Matrix& w) { return apart(Bfloat16Dots::row_bytes(w)); }

  template <bool more_rows, bool two_panels>
  GLASSFORMER_TILES __attribute__((always_inline)) static inline void multiply() {
    _tile_dpbf16ps(0, 4, 6);
    if (two_panels) _tile_dpbf16ps(1, 4, 7);
    if (more_rows) _tile_dpbf16ps(2, 5, 6);
    if (more_rows && two_panels) _tile_dpbf16ps(3, 5, 7);
  }

  struct Outputs {
    explicit Outputs(const PanelTile&) {}
    Vec operator()(const char* sums, int) const { return load(reinterpret_cast<const float*>(sums)); }
  };
};

template <>
void panel_block<Int8Tiles>(const Call& call, const Prepared& prepared, const Block& block) {
  if (block.rows.end - block.rows.begin < kFewestTilesRows) return panel_block<Int8Dots>(call, prepared, block);
  tiles_block<Int8Tiles>(call, prepared, block);
}

template <>
void panel_block<Bfloat16Tiles>(const Call& call, const Prepared& prepared, const Block& block) {
  tiles_block<Bfloat16Tiles>(call, prepared, block);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
