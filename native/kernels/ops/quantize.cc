// quantize: each part of a row is compared with all entries of its block, four at a time.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/reductions.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

struct Nearest {
  std::int64_t entry;
  float distance;
};

// The entry of [first, first + entries) of the codebook that is nearest to x; of equally near entries the first.
inline Nearest nearest_entry(const float* x, const Matrix& codebook, std::int64_t first, std::int64_t entries) {
  Nearest best = {0, kInfinity};
  for_rows<4>(entries, [&](std::int64_t e, auto several) {
    constexpr int count = decltype(several)()();
    Vec sums[count];
    GLASSFORMER_UNROLL
    for (int k = 0; k < count; k++) sums[k] = broadcast(0);
    for_columns(codebook.width, [&](std::int64_t i, auto n) {
      const Vec own = load(x + i, n);
      GLASSFORMER_UNROLL
      for (int k = 0; k < count; k++) {
        const Vec apart = own - load(row_of(codebook, first + e + k) + i, n);
        sums[k] = fma(apart, apart, sums[k]);
      }
    });
    for (int k = 0; k < count; k++) {
      const float distance = sum(sums[k]);
      if (distance < best.distance) best = {e + k, distance};
    }
  });
  return best;
}

}  // namespace

void quantize(const QuantizeArgs& args, const Partition& partition) {
  const Matrix& codebook = args.codebook;
  const std::int64_t entries = codebook.rows / args.blocks;
  const Range rows = part_of(args.x.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    float error = 0;
    for (std::int64_t block = 0; block < args.blocks; block++) {
      const Nearest nearest = nearest_entry(row_of(args.x, r) + block * codebook.width, codebook, block * entries, entries);
      args.codes.integers_out[r * args.codes.stride + block] = static_cast<std::int32_t>(nearest.entry);
      const float* entry = row_of(codebook, block * entries + nearest.entry);
      copy_row(row_of(args.quantized, r) + block * codebook.width, entry, codebook.width);
      error += nearest.distance;
    }
    *row_of(args.errors, r) = error / static_cast<float>(args.x.width);
  }
}

// quantizeGradient: the gradient of the output passes straight through, and the gradient of the errors pulls x toward
// its entry.
void quantize_gradient(const QuantizeGradientArgs& args, const Partition& partition) {
  const Range rows = part_of(args.x.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const Vec pull = broadcast(*row_of(args.d_errors, r) * 2 / static_cast<float>(args.x.width));
    const float* x = row_of(args.x, r);
    const float* quantized = row_of(args.quantized, r);
    const float* d_quantized = row_of(args.d_quantized, r);
    float* dx = row_of(args.dx, r);
    for_columns(args.x.width, [&](std::int64_t i, auto n) {
      store(dx + i, fma(pull, load(x + i, n) - load(quantized + i, n), load(d_quantized + i, n)), n);
    });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
