// Rows of x that are mostly zeros, as relu leaves them: in trained models one number in a hundred to one in ten is not
// 0 ("The Lazy Neuron Phenomenon", Li et al., 2023). For such a row, only those lines of a weight are read that it
// multiplies by a number other than 0. The other lines would add 0, so that every sum is the same, with two exceptions:
// a weight that is infinite or NaN has no effect in a skipped line, and a sum of products too small for a float may be
// 0 with the other sign.
//
// A format that can skip zeros specializes Skipping<Format>:
//   kLines                        the number of lines whose inputs are tested together
//   kTurns                        the number of passes over the lines, for formats that collect several sums
//   nonzero_lines(to, row,        to ← those of the pass's lines, among kLines from `line` on, that a prepared row
//                 line, turn)     multiplies by a number other than 0; returns how many there are
//   tile<panels>(tile, lines)     the outputs of one row in `panels` neighboring panels; −1 ends the lines of a pass
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/panels/bfloat16_dots.h"
#include "kernels/panels/float_panels.h"
#include "kernels/panels/int8_dots.h"
#include "kernels/panels/int8_panels.h"
#include "kernels/panels/int8_words.h"
#include "kernels/panels/packed.h"
#include "kernels/panels/panel_product.h"
#include "kernels/partition.h"
#include "kernels/product/bfloat16.h"
#include "kernels/product/epilogue.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

template <class Format>
struct Skipping {
  static constexpr int kLines = 0;
};

// The result of nonzero_lines() for a row that cannot skip any line: more lines than any row may need.
constexpr int kNotSparse = 1 << 30;

// The number of panels that a row meets at a time, whose sums do not wait for each other.
constexpr int kSparsePanels = 4;

#ifdef GLASSFORMER_INTS

// The outputs of one row in some panels ← outputs_of(vector), after the epilogue
template <int panels, class Outputs>
GLASSFORMER_IN_TILE void store_panels(const PanelTile& tile, const Outputs& outputs_of) {
  const PanelTile t = tile;  // a copy that no store can change
  const auto store_all = [&](auto end) {
    GLASSFORMER_UNROLL
    for (int v = 0; v < panels * kParts; v++) {
      const std::int64_t column = v * kLanes;
      store(t.y + column, end(outputs_of(v) + load(t.epilogue.bias + column), t.epilogue.residual, column));
    }
  };
  if (with_common_epilogue(t, panels * kPackedOutputs, store_all)) return;
  PanelTile panel = t;
  GLASSFORMER_UNROLL
  for (int p = 0; p < panels; p++, panel.next_panel())
    store_tile<1>(panel, [&](int, int part) { return outputs_of(p * kParts + part); });
}

// store_panels for sums of integers.
template <int panels>
GLASSFORMER_IN_TILE void store_scaled_panels(const PanelTile& t, const Ints (&sums)[panels * kParts]) {
  const Vec x_scale = broadcast(*t.x_scales);
  const float* scales = t.scales;  // a copy that no store can change
  store_panels<panels>(t, [&](int v) { return to_floats(sums[v]) * (x_scale * load(scales + v * kLanes)); });
}

// Where vector v of the outputs finds its part of a line of the first panel, in bytes.
inline std::int64_t part_of_line(const PanelTile& t, int v) {
  return v / kParts * t.lines * kPanelLine + v % kParts * kPanelLine / kParts;
}

#ifdef GLASSFORMER_VNNI

template <>
struct Skipping<Int8Dots> {
  static constexpr int kLines = kLanes;
  static constexpr int kTurns = 1;

  // The bytes of a row have kAddedToBytes added. A row with negative numbers needs that, and then all of its lines for
  // the sums, so that it cannot skip any.
  static int nonzero_lines(std::int32_t* to, const char* row, std::int64_t line, int) {
    const Ints bytes = exclusive_or(load_ints(row + 4 * line), every_byte(kAddedToBytes));
    return any_negative(bytes) ? kNotSparse : store_nonzero(to, bytes, line);
  }

  template <int panels>
  GLASSFORMER_VNNI static void tile(const PanelTile& t, const std::int32_t* lines) {
    Ints sums[panels * kParts];
    GLASSFORMER_UNROLL
    for (Ints& sum : sums) sum = no_ints();
    for (; *lines >= 0; lines++) {
      const Ints bytes = exclusive_or(broadcast_bits(t.x + 4 * std::int64_t{*lines}), every_byte(kAddedToBytes));
      const char* line = t.panel + *lines * kPanelLine;
      GLASSFORMER_UNROLL
      for (int v = 0; v < panels * kParts; v++) sums[v] = dot_bytes(sums[v], bytes, load_ints(line + part_of_line(t, v)));
    }
    store_scaled_panels<panels>(t, sums);
  }
};

#endif

// Formats whose rows have 8 bytes for each line, two of a vector's numbers.
struct SkippingPairs {
  static constexpr int kLines = kLanes / 2;
  static constexpr int kTurns = 1;

  static int nonzero_lines(std::int32_t* to, const char* row, std::int64_t line, int) {
    return store_nonzero_pairs(to, load_ints(row + 8 * line), line);
  }
};

template <>
struct Skipping<Int8Panels> : SkippingPairs {
  template <int panels>
  static void tile(const PanelTile& t, const std::int32_t* lines) {
    Ints sums[panels * kParts];
    GLASSFORMER_UNROLL
    for (Ints& sum : sums) sum = broadcast_bits(Int8Panels::first_of(t, 0));
    for (; *lines >= 0; lines++) {
      const char* inputs = t.x + 8 * std::int64_t{*lines};
      const Ints sizes = broadcast_bits(inputs);
      const Ints signs = broadcast_bits(inputs + 4);
      const char* line = t.panel + *lines * kPanelLine;
      GLASSFORMER_UNROLL
      for (int v = 0; v < panels * kParts; v++)
        sums[v] = dot_small_bytes(sums[v], sizes, exclusive_or(load_ints(line + part_of_line(t, v)), signs));
    }
    store_scaled_panels<panels>(t, sums);
  }
};

#ifdef GLASSFORMER_WORDS

template <>
struct Skipping<Int8Words> : SkippingPairs {
  template <int panels>
  static void tile(const PanelTile& t, const std::int32_t* lines) {
    Ints outputs[panels * kParts];
    for (int p = 0; p < panels; p++) {
      Ints sums[2 * kParts] = {};
      for (const std::int32_t* at = lines; *at >= 0; at++) {
        const Ints inputs = broadcast_words(t.x + 8 * std::int64_t{*at});
        const char* line = t.panel + (p * t.lines + *at) * kPanelLine;
        GLASSFORMER_UNROLL
        for (int s = 0; s < 2 * kParts; s++) sums[s] = add(sums[s], dot_words(inputs, widened_bytes(line + 8 * s)));
      }
      GLASSFORMER_UNROLL
      for (int v = 0; v < kParts; v++) outputs[p * kParts + v] = pair_sums(sums[2 * v], sums[2 * v + 1]);
    }
    store_scaled_panels<panels>(t, outputs);
  }
};

#endif

template <class Line>
struct Skipping<FloatPanels<Line>> {
  static constexpr int kLines = kLanes / Line::kInputs;
  static constexpr int kTurns = 1;

  static int nonzero_lines(std::int32_t* to, const char* row, std::int64_t line, int) {
    const Ints inputs = load_ints(row + 4 * Line::kInputs * line);
    return Line::kInputs == 1 ? store_nonzero(to, inputs, line) : store_nonzero_pairs(to, inputs, line);
  }

  template <int panels>
  static void tile(const PanelTile& t, const std::int32_t* lines) {
    Vec sums[panels * kParts];
    GLASSFORMER_UNROLL
    for (Vec& sum : sums) sum = broadcast(0);
    for (; *lines >= 0; lines++) {
      const float* inputs = reinterpret_cast<const float*>(t.x) + *lines * Line::kInputs;
      const char* line = t.panel + *lines * kPanelLine;
      GLASSFORMER_UNROLL
      for (int i = 0; i < Line::kInputs; i++) {
        const Vec x = broadcast(inputs[i]);
        GLASSFORMER_UNROLL
        for (int v = 0; v < panels * kParts; v++) sums[v] = fma(x, Line::weights(line + part_of_line(t, v), 0, i), sums[v]);
      }
    }
    store_panels<panels>(t, [&](int v) { return sums[v]; });
  }
};

#endif

#ifdef GLASSFORMER_BFLOAT16

template <>
struct Skipping<Bfloat16Dots> {
  static constexpr int kLines = kLanes;
  static constexpr int kTurns = Bfloat16Dots::kSums;

  static int nonzero_lines(std::int32_t* to, const char* row, std::int64_t line, int turn) {
    static_assert(kTurns == 4, "every fourth lane belongs to a turn");
    return store_nonzero(to, _mm512_maskz_loadu_epi32(static_cast<__mmask16>(0x1111 << turn), row + 4 * line), line);
  }

  template <int panels>
  GLASSFORMER_PAIRS static void tile(const PanelTile& t, const std::int32_t* lines) {
    Vec sums[kTurns][panels];
    GLASSFORMER_UNROLL
    for (int turn = 0; turn < kTurns; turn++, lines++) {
      GLASSFORMER_UNROLL
      for (Vec& sum : sums[turn]) sum = broadcast(0);
      for (; *lines >= 0; lines++) {
        const auto pair = reinterpret_cast<__m512bh>(broadcast_bits(t.x + 4 * std::int64_t{*lines}));
        const char* line = t.panel + *lines * kPanelLine;
        GLASSFORMER_UNROLL
        for (int p = 0; p < panels; p++)
          sums[turn][p] = _mm512_dpbf16_ps(sums[turn][p], pair, reinterpret_cast<__m512bh>(load_ints(line + part_of_line(t, p))));
      }
    }
    store_panels<panels>(t, [&](int p) { return (sums[0][p] + sums[1][p]) + (sums[2][p] + sums[3][p]); });
  }
};

#endif

// The lines that some rows need; the lines of row r begin at first[r].
struct SparseRows {
  std::int32_t* lines;
  std::int64_t first[kSparseRows];
};

// Whether some rows are sparse: together they need at most `most` lines, and none of them more than half of the lines.
// Most calls have rows without zeros, which shows in the first vector.
template <class Format>
bool find_sparse(SparseRows& sparse, const Prepared& x, std::int64_t rows, std::int64_t lines, std::int64_t most) {
  using Skips = Skipping<Format>;
  static_assert(Skips::kTurns <= kMostTurns, "lists have room for no more");
  if (Skips::nonzero_lines(sparse.lines, x.rows, 0, 0) >= Skips::kLines / Skips::kTurns) return false;
  std::int64_t count = 0;
  for (std::int64_t r = 0; r < rows; r++) {
    const std::int64_t limit = smaller(most, count + lines / 2);
    sparse.first[r] = count;
    for (int turn = 0; turn < Skips::kTurns; turn++) {
      for (std::int64_t line = 0; line < lines; line += Skips::kLines) {
        count += Skips::nonzero_lines(sparse.lines + count, x.rows + r * x.stride, line, turn);
        if (count > limit) return false;
      }
      sparse.lines[count++] = -1;
    }
  }
  return true;
}

// Prefetches lines of kSparsePanels panels, because the processor cannot recognize which lines come next.
inline void prefetch_lines(const Matrix& w, std::int64_t panel, const std::int32_t* lines) {
  const char* from = panel_of(w, panel);
  const std::int64_t step = panel_lines(w) * kPanelLine;
  for (; *lines >= 0; lines++)
    for (int p = 0; p < kSparsePanels; p++) prefetch_second(from + *lines * kPanelLine + p * step);
}

// panel_block for sparse rows. One row after the other meets some panels, which stay in the caches.
template <class Format>
void sparse_block(const LinearArgs& args, const Prepared& prepared, const Block& block, const SparseRows& sparse) {
  constexpr std::int64_t kColumns = kSparsePanels * kPackedOutputs;
  const std::int64_t end = block.columns.end;
  for (std::int64_t column = block.columns.begin; column < end; column += kColumns)
    for (std::int64_t r = 0; r < block.rows.length(); r++) {
      const std::int32_t* lines = sparse.lines + sparse.first[r];
      const std::int64_t next = column + kColumns;
      if (args.from_memory && next < end) prefetch_lines(args.weight, next / kPackedOutputs, lines);
      PanelTile tile = panel_tile(args, prepared_from(prepared, r), block.rows.begin + r, column, smaller(next, end), {});
      if (tile.columns > kColumns - kPackedOutputs) {
        Skipping<Format>::template tile<kSparsePanels>(tile, lines);
      } else {
        do Skipping<Format>::template tile<1>(tile, lines);
        while (tile.next_panel());
      }
    }
}

// panel_block, row by row where rows are mostly zeros, and for the rows between them together. `memory` has
// sparse_floats(w.width) floats.
template <class Format>
void rows_block(const LinearArgs& args, const Prepared& prepared, const Block& block, float* memory) {
  SparseRows sparse;
  sparse.lines = reinterpret_cast<std::int32_t*>(memory);
  const std::int64_t lines = panel_lines(args.weight);
  const auto from = [&](std::int64_t row) { return prepared_from(prepared, row - block.rows.begin); };
  std::int64_t others = block.rows.begin;  // rows from here on are not sparse and have not been computed
  const auto others_until = [&](std::int64_t row) {
    if (others < row) panel_block<Format>(args, from(others), {{others, row}, block.columns});
  };
  for (std::int64_t row = block.rows.begin; row < block.rows.end; row += kSparseRows) {
    const Range rows = {row, smaller(row + kSparseRows, block.rows.end)};
    // Scattered lines take three times as long to come from memory as a stream of lines. Therefore the first rows,
    // which fetch them, may need few lines even together.
    const bool fetch = args.from_memory && row == block.rows.begin;
    if (!find_sparse<Format>(sparse, from(row), rows.length(), lines, (fetch ? 1 : rows.length()) * lines / kSparsePart)) continue;
    others_until(row);
    sparse_block<Format>(args, from(row), {rows, block.columns}, sparse);
    others = rows.end;
  }
  others_until(block.rows.end);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
