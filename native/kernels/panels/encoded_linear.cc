// All formats of panels are compiled in this file alone, because they take longer than all other kernels together.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/panels/amx_panels.h"
#include "kernels/panels/bfloat16_dots.h"
#include "kernels/panels/encoded_linear.h"
#include "kernels/panels/float_panels.h"
#include "kernels/panels/int4_dots.h"
#include "kernels/panels/int4_panels.h"
#include "kernels/panels/int8_dots.h"
#include "kernels/panels/int8_panels.h"
#include "kernels/panels/int8_shifted.h"
#include "kernels/panels/int8_words.h"
#include "kernels/panels/panel_product.h"
#include "kernels/panels/plain_panels.h"
#include "kernels/panels/sparse_rows.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The fewest int8 rows for which AMX is used. With fewer rows, the dot products of AVX-512 read as fast as the second
// cache delivers, without tiles to set up.
constexpr std::int64_t kFewestAmxRows = 2;

// Computes y in blocks of rows of x that stay in the second cache. Each part prepares its own rows, unless all rows of
// x are prepared in `all`.
template <class Format>
void panel_linear(const LinearArgs& args, const Prepared* all, const Partition& partition) {
  const Matrix& x = args.x;
  const Matrix& w = args.weight;
  const Block part = part_of_panels(args, partition);
  if (part.columns.begin == part.columns.end) return;
  const std::int64_t step = rows_at_a_time<Format>(args, part.rows.length());
  const Prepared own = prepared_in<Format>(partition.scratch + sparse_floats(w.width), step, w);
  for (std::int64_t row = part.rows.begin; row < part.rows.end; row += step) {
    const Range rows = {row, smaller(row + step, part.rows.end)};
    if (!all) prepare_rows<Format>(own, x, rows, w);
    const Prepared prepared = all ? prepared_from(*all, row) : own;
    if constexpr (Skipping<Format>::kLines > 0) rows_block<Format>(args, prepared, {rows, part.columns}, partition.scratch);
    else panel_block<Format>(args, prepared, {rows, part.columns});
  }
}

// Calls use(format) with the format of an encoded weight that is best for `rows` prepared rows.
template <class Use>
inline void with_format(const Matrix& weight, [[maybe_unused]] const Call& call, [[maybe_unused]] std::int64_t rows, Use use) {
  if (weight.encoding == Encoding::kFloat32Panels) return use(Float32Panels{});
  if (weight.encoding == Encoding::kInt4) {
#ifdef GLASSFORMER_VNNI
    if (call.cpu.vnni) return use(Int4Dots{});
#endif
    return use(Int4Panels{});
  }
  const bool int8 = weight.encoding == Encoding::kInt8;
  if (int8 && *weight.multipliers != 0) {
#if defined(GLASSFORMER_VNNI) && defined(GLASSFORMER_PAIR_SUMS)
    if (call.cpu.vnni) return use(Int8ShiftedDots{});
#endif
    return use(Int8Shifted{});
  }
#ifdef GLASSFORMER_BFLOAT16
  if (int8 && call.cpu.amx && rows >= kFewestAmxRows) return use(Int8Amx{});
  if (!int8 && call.cpu.amx) return use(Bfloat16Amx{});
  if (!int8 && call.cpu.bfloat16) return use(Bfloat16Dots{});
#endif
#ifdef GLASSFORMER_VNNI
  if (int8 && call.cpu.vnni) return use(Int8Dots{});
#endif
#ifdef GLASSFORMER_WORDS
  if (int8) return use(Int8Words{});
#else
  if (int8) return use(Int8Panels{});
#endif
  use(Bfloat16Panels{});
}

// So many values of x take about 1 µs to prepare; fewer are not worth a part of their own. In int8, other threads fetch
// prepared values in a quarter of that time.
constexpr std::int64_t kPreparedValues = 8192;

}  // namespace

// memory ← all rows of x, prepared for the weight. Threads share the rows.
void prepare_in_common(const Matrix& x, const Matrix& w, const Call& call, float* memory, const Partition& partition) {
  const Range rows = part_of(x.rows, 1, partition);
  with_format(w, call, x.rows, [&](auto format) {
    using Format = decltype(format);
    prepare_rows<Format>(prepared_from(prepared_in<Format>(memory, x.rows, w), rows.begin), x, rows, w);
  });
}

// Each part prepares few rows itself, which costs less than waiting for each other. More rows are prepared once, in
// advance.
void encoded_linear(const LinearArgs& args, const Partition& partition) {
  const Matrix& x = args.x;
  const std::int64_t preparing = x.rows * x.width / kPreparedValues;
  const bool once = partition.parts > 1 && preparing > 1 && !share_rows(args, partition);
  if (once) in_parts(partition, preparing, [&](const Partition& part) { prepare_in_common(x, args.weight, args, partition.common, part); });
  with_format(args.weight, args, x.rows, [&](auto format) {
    using Format = decltype(format);
    const Prepared all = prepared_in<Format>(partition.common, x.rows, args.weight);
    // The capture is by value: each cache line that another thread has to fetch from this thread's stack takes a tenth
    // of a microsecond.
    in_parts(partition, partition.parts, [&args, all, once](const Partition& part) { panel_linear<Format>(args, once ? &all : nullptr, part); });
  });
}

// linear for rows of y that begin at row `first` of the `count` rows which prepare_in_common has left in `memory`.
void prepared_linear(const LinearArgs& args, float* memory, std::int64_t count, std::int64_t first) {
  const Matrix& y = args.out;
  with_format(args.weight, args, count, [&](auto format) {
    using Format = decltype(format);
    const Prepared all = prepared_in<Format>(memory, count, args.weight);
    panel_block<Format>(args, prepared_from(all, first), {{0, y.rows}, {0, y.width}});
  });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
