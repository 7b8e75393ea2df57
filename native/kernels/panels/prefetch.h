// The order in which tiles read the panels of a weight, how much they prefetch, and which tiles prefetch nothing.
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

// The number of lines of a panel that one step of a tile computes.
constexpr int kLinesAtATime = 4;
// The number of panels that all AMX tiles meet before the next panels; these panels stay in the second cache.
constexpr std::int64_t kPanelGroup = 4;
// The number of panels that all other tiles meet before the next panels: as many as fit kGroupBytes, which the second
// cache keeps along with the next panels and rows of x. Processors without AVX-512 often have a second cache of half a
// megabyte.
constexpr std::int64_t kGroupBytes = (kLanes == 16 ? 256 : 128) * 1024;
constexpr std::int64_t kMostPanels = 8;
constexpr std::int64_t kFewestPanels = 2;
inline std::int64_t group_panels(std::int64_t lines) {
  const std::int64_t fit = kGroupBytes / (lines * kPanelLine);
  return fit < kFewestPanels ? kFewestPanels : smaller(fit, kMostPanels);
}
// The most rows with which a tile reads w from memory as fast as memory delivers it, if no cache has a part of w. Rows
// of x that do not stay in the first cache, of kFirstCacheBytes, while a panel passes are too many.
template <class Format>
constexpr int kFarRows = Format::kStreamRows;
constexpr std::int64_t kFirstCacheBytes = 20 * 1024;
template <class Format>
inline std::int64_t far_rows(const Matrix& w) {
  const std::int64_t stay = (kFirstCacheBytes - panel_lines(w) * kPanelLine) / Format::row_bytes(w);
  return stay < Format::kStreamRows ? Format::kStreamRows : smaller(stay, kFarRows<Format>);
}
// The most rows of a tile that prefetches only the beginning of each page, because more prefetches would block other
// loads. If w comes from memory, these are the rows with which a tile reads w as fast as it comes; if w comes from a
// cache, as many, but at least two. With AVX-512 a shared cache delivers float32 to four rows faster with prefetches.
// Processors with AMX can have few lines on their way.
template <class Format>
inline std::int64_t rows_of_stream(const LinearArgs& args) {
  if (args.all_from_memory) return far_rows<Format>(args.weight);
  if (args.from_memory) return Format::kStreamRows;
  if (args.cpu.amx) return Format::kRows;
  if (kLanes == 16 && args.weight.encoding == Encoding::kFloat32Panels) return Format::kStreamRows - 1;
  return Format::kStreamRows < 2 ? 2 : Format::kStreamRows;
}
// How many bytes ahead a single tile prefetches. A tile may read two panels of `lines` lines at a time, and must not
// prefetch the second of them.
inline std::int64_t bytes_ahead(Encoding encoding, std::int64_t lines) {
  if (kLanes == 8 && encoding == Encoding::kInt8) return 4096;
  return rounded_up((kLanes == 16 ? 16 : 32) * 1024, 2 * lines * kPanelLine);
}

// The prefetches of a tile: `lines` lines for every kLinesAtATime that it computes, or the first line of each page
// (kEachPage). They begin `bytes` bytes after the panel's beginning.
struct Prefetch {
  int lines;
  std::int64_t bytes;
};
constexpr int kEachPage = -1;
constexpr std::int64_t kPageLines = 64;
// The most rows of a tile that prefetches pages. Tiles of more rows are no streams, except on processors with AMX, and
// testing for the beginnings of pages would slow their loops.
constexpr int kPageRows = 5;
// The prefetches of a tile that reads a stream.
constexpr Prefetch kStreamPrefetch = {kEachPage, 16 * 1024};

// The prefetches of tile t of `tiles` tiles that meet the same `group` panels of w. The tiles share the lines of the
// next group, so that memory is always busy.
inline Prefetch prefetch_of(const Matrix& w, std::int64_t t, std::int64_t tiles, std::int64_t group) {
  const std::int64_t lines = panel_lines(w);
  const std::int64_t each = (kLinesAtATime + tiles - 1) / tiles;
  const std::int64_t next = group * lines + t * each * lines / kLinesAtATime;
  return {static_cast<int>(t * each < kLinesAtATime ? each : 0), tiles == 1 ? bytes_ahead(w.encoding, lines) : next * kPanelLine};
}

// Prefetches `lines` lines, or with kEachPage the first line of a page: the processor recognizes the next lines of a
// stream, but not across pages. The lines go to the second cache, because few lines can be on their way to the first
// cache, which also holds rows of x.
template <int rows>
inline void prefetch_ahead(const char*& ahead, int lines, std::int64_t line) {
  if (kLanes == 16 && rows <= kPageRows && lines < 0 && line % kPageLines == 0) prefetch_second(ahead + line * kPanelLine);
  for (int i = 0; i < lines; i++, ahead += kPanelLine) prefetch_second(ahead);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
