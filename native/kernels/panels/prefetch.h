// In which order tiles read the panels of a weight, what they prefetch, and which rows prefetch nothing.
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

// Panels are walked by so many lines.
constexpr int kLinesAtATime = 4;
// Panels that AMX takes before the next ones: they stay in the second cache.
constexpr std::int64_t kPanelGroup = 4;
// Panels that all other tiles meet before the next ones: as many as stay in the second cache, beside the next ones and rows of x.
// Processors without AVX-512 often have half a megabyte of it.
constexpr std::int64_t kGroupBytes = (kLanes == 16 ? 256 : 128) * 1024;
constexpr std::int64_t kMostPanels = 8;
constexpr std::int64_t kFewestPanels = 2;
inline std::int64_t group_panels(std::int64_t lines) {
  const std::int64_t fit = kGroupBytes / (lines * kPanelLine);
  return fit < kFewestPanels ? kFewestPanels : smaller(fit, kMostPanels);
}
// The most rows that read w from memory as fast as it comes where no cache has a part of it, and how much the first one keeps: if rows
// of x do not stay there while a panel passes, they are too many.
template <class Format>
constexpr int kFarRows = Format::kStreamRows;
constexpr std::int64_t kFirstCacheBytes = 20 * 1024;
template <class Format>
inline std::int64_t far_rows(const Matrix& w) {
  const std::int64_t stay = (kFirstCacheBytes - panel_lines(w) * kPanelLine) / Format::row_bytes(w);
  return stay < Format::kStreamRows ? Format::kStreamRows : smaller(stay, kFarRows<Format>);
}
// So few rows prefetch no more than the beginning of each page, for that would keep other loads waiting: those that read w from memory as
// fast as it comes, and from a cache as many, but two at least. A cache that others share gives float32 to four rows of AVX-512 faster where
// it is prefetched; processors with tiles have few places for lines on their way.
template <class Format>
inline std::int64_t rows_of_stream(const LinearArgs& args) {
  if (args.all_from_memory) return far_rows<Format>(args.weight);
  if (args.from_memory) return Format::kStreamRows;
  if (args.cpu.amx) return Format::kRows;
  if (kLanes == 16 && args.weight.encoding == Encoding::kFloat32Panels) return Format::kStreamRows - 1;
  return Format::kStreamRows < 2 ? 2 : Format::kStreamRows;
}
// How far ahead one tile prefetches, in bytes. A tile may take two panels of so many lines at a time: to prefetch what the second one is
// being read from would be in vain.
inline std::int64_t bytes_ahead(Encoding encoding, std::int64_t lines) {
  if (kLanes == 8 && encoding == Encoding::kInt8) return 4096;
  return rounded_up((kLanes == 16 ? 16 : 32) * 1024, 2 * lines * kPanelLine);
}

// What a tile prefetches: so many lines for every kLinesAtATime of its own, or the first line of each page, from so many bytes behind its panel
// on.
struct Prefetch {
  int lines;
  std::int64_t bytes;
};
constexpr int kEachPage = -1;
constexpr std::int64_t kPageLines = 64;
// Tiles of more rows are no streams, but for AMX's processors, and to look for pages would take time in their loops.
constexpr int kPageRows = 5;
// Of a stream
constexpr Prefetch kStreamPrefetch = {kEachPage, 16 * 1024};

// Of tile t of `tiles` that meet the same `group` panels of w: they share what there is to prefetch of the next group, so that memory is never
// idle.
inline Prefetch prefetch_of(const Matrix& w, std::int64_t t, std::int64_t tiles, std::int64_t group) {
  const std::int64_t lines = panel_lines(w);
  const std::int64_t each = (kLinesAtATime + tiles - 1) / tiles;
  const std::int64_t next = group * lines + t * each * lines / kLinesAtATime;
  return {static_cast<int>(t * each < kLinesAtATime ? each : 0), tiles == 1 ? bytes_ahead(w.encoding, lines) : next * kPanelLine};
}

// Prefetches so many lines; for each page, where `line` begins one: the processor sees what a stream brings next, but not from one page to the
// next. Into the second cache: few lines can be on their way to the first one, and rows of x are there.
template <int rows>
inline void prefetch_ahead(const char*& ahead, int lines, std::int64_t line) {
  if (kLanes == 16 && rows <= kPageRows && lines < 0 && line % kPageLines == 0) prefetch_second(ahead + line * kPanelLine);
  for (int i = 0; i < lines; i++, ahead += kPanelLine) prefetch_second(ahead);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
