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

// What the four registers of sums leave, for some rows of y.
struct alignas(64) TileSums {
  char at[2][kTilesRows * kTileRegisterBytes];  // [panel][row]
  PanelTile tiles[2];
  int panels;
  std::int64_t rows;
  // Rows that have been finished.
  std::int64_t done;
};

// Rows of y ← the sums of panel 0 or 1, finished.
template <class Format>
inline void finish_panel(const TileSums& sums, int panel, Range rows) {
  const PanelTile t = sums.tiles[panel];
  const typename Format::Outputs outputs_of(t);
  const auto outputs_at = [&, from = sums.at[panel]](std::int64_t r) { return outputs_of(from + r * kTileRegisterBytes, r); };
  const auto finish_with = [&](auto end) {
    const Vec bias = load(t.finish.bias);
    for (std::int64_t r = rows.begin; r < rows.end; r++)
      store(t.y + r * t.y_stride, end(outputs_at(r) + bias, t.finish.residual + r * t.finish.residual_stride));
  };
  if (with_end(t, finish_with)) return;
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const Vec outputs = outputs_at(r);
    store_outputs(t, static_cast<int>(r), &outputs);
  }
}

// Finishes so many more of the rows.
template <class Format>
__attribute__((noinline)) void finish_rows(TileSums& sums, std::int64_t count) {
  const Range rows = {sums.done, smaller(sums.done + count, sums.rows)};
  for (int panel = 0; panel < sums.panels; panel++) finish_panel<Format>(sums, panel, rows);
  sums.done = rows.end;
}

// `sums` ← the products of its rows with its panels. Meanwhile `before` is finished, some rows after each product: registers of tiles
// and of vectors are different units, and work at the same time.
template <class Format, bool more_rows, bool two_panels>
GLASSFORMER_TILES __attribute__((noinline)) void multiply_tiles(TileSums& sums, TileSums& before) {
  const PanelTile& t = sums.tiles[0];
  const std::int64_t panel_bytes = t.lines * kPanelLine;
  const char* x = t.x;
  const char* more = t.x + kTileRegisterRows * t.x_stride;
  const char* panel = t.panel;
  const char* ahead = t.ahead;
  const char* ahead2 = t.ahead + panel_bytes;
  const int lines_ahead = t.lines_ahead * static_cast<int>(kTileRegisterRows / kLinesAtATime);
  const std::int64_t meanwhile = (before.rows * kTileRegisterRows + t.lines - 1) / t.lines;
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
    finish_rows<Format>(before, meanwhile);
  }
  constexpr std::int64_t kMore = kTileRegisterRows * kTileRegisterBytes;
  _tile_stored(0, sums.at[0], kTileRegisterBytes);
  if (two_panels) _tile_stored(1, sums.at[1], kTileRegisterBytes);
  if (more_rows) _tile_stored(2, sums.at[0] + kMore, kTileRegisterBytes);
  if (more_rows && two_panels) _tile_stored(3, sums.at[1] + kMore, kTileRegisterBytes);
  asm volatile("" ::: "memory");
}

template <class Format>
inline void multiply_tiles(TileSums& sums, TileSums& before) {
  const bool more_rows = sums.rows > kTileRegisterRows;
  if (more_rows && sums.panels == 2) return multiply_tiles<Format, true, true>(sums, before);
  if (more_rows) return multiply_tiles<Format, true, false>(sums, before);
  if (sums.panels == 2) return multiply_tiles<Format, false, true>(sums, before);
  multiply_tiles<Format, false, false>(sums, before);
}

// As panel_block.
template <class Format>
void tiles_block(const Call& call, const Prepared& prepared, const Block& block) {
  const std::int64_t lines = panel_lines(call.inputs[1]);
  const std::int64_t group = kPanelGroup * kPackedOutputs;
  const std::int64_t count = block.rows.end - block.rows.begin;
  const std::int64_t tiles = (count + kTilesRows - 1) / kTilesRows;
  std::int64_t opened = 0;
  TileSums both[2];
  both[1].rows = both[1].panels = 0;
  int turn = 0;
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
        TileSums& sums = both[turn];
        turn = 1 - turn;
        sums.rows = rows;
        sums.done = 0;
        sums.tiles[0] = sums.tiles[1] = panel_tile(call, x, row, column, end, asks);
        sums.panels = sums.tiles[1].next_panel() ? 2 : 1;
        multiply_tiles<Format>(sums, both[turn]);
      }
    }
  }
  close_tiles();
  finish_rows<Format>(both[1 - turn], kTilesRows);
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
    Vec operator()(const char* sums, std::int64_t row) const {
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
    Vec operator()(const char* sums, std::int64_t) const { return load(reinterpret_cast<const float*>(sums)); }
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
