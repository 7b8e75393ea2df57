// linearInputGradient where few of its outputs are wanted: those where relu has left a number other than 0. Each is a
// dot product. (Such a product is known as SDDMM.)
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/product/small_product.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The number of columns of the weight that are computed together, and the most columns of a block.
constexpr int kSampledTogether = 4;
constexpr std::int64_t kMostSampled = 2048;
// The floats of the weight that the second cache keeps; a few columns must fit.
constexpr std::int64_t kSampledFloats = 128 * 1024;
constexpr std::int64_t kMostSampledOutputs = kSampledFloats / kLanes;

// Two rows of dy and x, and their rows of dx. Gradients are wanted where x is not 0. A single row is entered twice.
struct SampledRows {
  const float* dy[2];
  const float* x[2];
  float* dx[2];
};

// dx at `count` of four columns ← scale · dy · weight, where x is not 0. `weight` has a row of `outputs` for each
// column.
inline void sampled_dots(const SampledRows& r, const std::int32_t* columns, std::int64_t count, const float* weight, std::int64_t stride,
                         std::int64_t outputs, float scale) {
  const float* rows[kSampledTogether];
  for (int i = 0; i < kSampledTogether; i++) rows[i] = weight + columns[i < count ? i : 0] * stride;
  Vec sums[2][kSampledTogether];
  GLASSFORMER_UNROLL
  for (int i = 0; i < kSampledTogether; i++) sums[0][i] = sums[1][i] = broadcast(0);
  for_columns(outputs, [&](std::int64_t j, auto n) {
    const Vec first = load(r.dy[0] + j, n);
    const Vec second = load(r.dy[1] + j, n);
    GLASSFORMER_UNROLL
    for (int i = 0; i < kSampledTogether; i++) {
      const Vec of_weight = load(rows[i] + j, n);
      sums[0][i] = multiply_add(first, of_weight, sums[0][i]);
      sums[1][i] = multiply_add(second, of_weight, sums[1][i]);
    }
  });
  for (int row = 0; row < 2; row++) {
    float dots[4];
    store_sums4(dots, kSampledTogether, sums[row][0], sums[row][1], sums[row][2], sums[row][3]);
    for (std::int64_t i = 0; i < count; i++)
      if (r.x[row][columns[i]] != 0) r.dx[row][columns[i]] = scale * dots[i];
  }
}

// dx [S, inputs] ← scale · dy · weight where x is not 0, and 0 elsewhere. There are at most kMostSampledOutputs
// outputs. Threads share the rows.
void sampled_input_gradient(const LinearInputGradientArgs& args, const Partition& partition) {
  const Matrix& dy = args.dy;
  const Matrix& weight = args.weight;
  const Matrix& x = args.x;
  const Matrix& dx = args.dx;
  const std::int64_t stride = scratch_stride(dy.width);
  const std::int64_t together = smaller(kSampledFloats / stride / kLanes * kLanes, kMostSampled);
  const float scale = static_cast<float>(args.scale);
  auto* listed = reinterpret_cast<std::int32_t*>(partition.scratch);
  float* columns = partition.scratch + kMostSampled + kLanes;
  const Range rows = part_of(dx.rows, 2, partition);
  for (std::int64_t begin = 0; begin < dx.width; begin += together) {
    const std::int64_t width = smaller(together, dx.width - begin);
    transpose_rows(columns, stride, weight.floats + begin, weight.stride, dy.width, width);
    for (std::int64_t row = rows.begin; row < rows.end; row += 2) {
      const std::int64_t second = smaller(row + 1, rows.end - 1);
      const SampledRows two = {{row_of(dy, row), row_of(dy, second)},
                               {row_of(x, row) + begin, row_of(x, second) + begin},
                               {row_of(dx, row) + begin, row_of(dx, second) + begin}};
      std::int64_t count = 0;
      for_columns(width, [&](std::int64_t i, auto n) {
        count += store_lanes(listed + count, nonzero(load(two.x[0] + i, n), load(two.x[1] + i, n)), i);
        store(two.dx[0] + i, broadcast(0), n);
        store(two.dx[1] + i, broadcast(0), n);
      });
      for (std::int64_t i = 0; i < count; i += kSampledTogether)
        sampled_dots(two, listed + i, smaller(kSampledTogether, count - i), columns, stride, dy.width, scale);
    }
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
