// The order in which tiles read the panels of a weight, what they prefetch, and which rows prefetch nothing.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/panels/packed.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Panels are walked by this many lines at a time.
constexpr int kLinesAtATime = 4;
// The panels that all AMX tiles meet before the next panels; these panels stay in the second cache.
constexpr std::int64_t kPanelGroup = 4;
// The panels that all other tiles meet before the next panels: as many as stay in the second cache, beside the next panels and rows of x.
// Processors without AVX-512 often have a second cache of half a megabyte.
constexpr std::int64_t kGroupBytes = (kLanes == 16 ? 256 : 128) * 1024;
constexpr std::int64_t kMostPanels = 8;
constexpr std::int64_t kFewestPanels = 2;
inline std::int64_t group_panels(std::int64_t lines) {
  const std::int64_t fit = kGroupBytes / (lines * kPanelLine);
  return fit < kFewestPanels ? kFewestPanels : smaller(fit, kMostPanels);
}
// The most rows that read w from memory as fast as it comes, where no cache has a part of w, and the bytes that the first cache keeps. Rows
// of x that do not stay in the first cache while a panel passes are too many.
template <class Format>
constexpr int kFarRows = Format::kStreamRows;
constexpr std::int64_t kFirstCacheBytes = 20 * 1024;
template <class Format>
inline std::int64_t far_rows(const Matrix& w) {
  const std::int64_t stay = (kFirstCacheBytes - panel_lines(w) * kPanelLine) / Format::row_bytes(w);
  return stay < Format::kStreamRows ? Format::kStreamRows : smaller(stay, kFarRows<Format>);
}
// The most rows that prefetch only the beginning of each page, because more would keep other loads waiting. From memory these are the rows
// that read w as fast as it comes; from a cache they are as many, and two at least. A cache that others share delivers float32 to four rows
// of AVX-512 faster with prefetches. Processors with tiles have few places for lines on their way.
template <class Format>
inline std::int64_t rows_of_stream(const LinearArgs& args) {
  if (args.all_from_memory) return far_rows<Format>(args.weight);
  if (args.from_memory) return Format::kStreamRows;
  if (args.cpu.amx) return Format::kRows;
  if (kLanes == 16 && args.weight.encoding == Encoding::kFloat32Panels) return Format::kStreamRows - 1;
  return Format::kStreamRows < 2 ? 2 : Format::kStreamRows;
}
// How far ahead one tile prefetches, in bytes. A tile may take two panels of `lines` lines at a time, and must not prefetch the second
// panel, which it is already reading.
inline std::int64_t bytes_ahead(Encoding encoding, std::int64_t lines) {
  if (kLanes == 8 && encoding == Encoding::kInt8) return 4096;
  return rounded_up((kLanes == 16 ? 16 : 32) * 1024, 2 * lines * kPanelLine);
}

// The prefetches of a tile: `lines` lines for every kLinesAtATime of its own, or the first line of each page (kEachPage), beginning `bytes`
// bytes behind its panel.
struct Prefetch {
  int lines;
  std::int64_t bytes;
};
constexpr int kEachPage = -1;
constexpr std::int64_t kPageLines = 64;
// The most rows of tiles that prefetch pages. Tiles of more rows are no streams, except on processors with AMX, and looking for pages would
// take time in their loops.
constexpr int kPageRows = 5;
// The prefetches of a stream.
constexpr Prefetch kStreamPrefetch = {kEachPage, 16 * 1024};

// The prefetches of tile t of `tiles` tiles that meet the same `group` panels of w. The tiles share the prefetches of the next group, so
// that memory is never idle.
inline Prefetch prefetch_of(const Matrix& w, std::int64_t t, std::int64_t tiles, std::int64_t group) {
  const std::int64_t lines = panel_lines(w);
  const std::int64_t each = (kLinesAtATime + tiles - 1) / tiles;
  const std::int64_t next = group * lines + t * each * lines / kLinesAtATime;
  return {static_cast<int>(t * each < kLinesAtATime ? each : 0), tiles == 1 ? bytes_ahead(w.encoding, lines) : next * kPanelLine};
}

// Prefetches `lines` lines, or with kEachPage the line that begins a page: the processor recognizes what a stream brings next, but not from
// one page to the next. The lines go into the second cache, because few lines can be on their way to the first cache, and rows of x are
// there.
template <int rows>
inline void prefetch_ahead(const char*& ahead, int lines, std::int64_t line) {
  if (kLanes == 16 && rows <= kPageRows && lines < 0 && line % kPageLines == 0) prefetch_second(ahead + line * kPanelLine);
  for (int i = 0; i < lines; i++, ahead += kPanelLine) prefetch_second(ahead);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
