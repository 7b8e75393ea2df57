// linear: a product and its epilogue, block by block, so that the epilogue finds its block in the cache.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/panels/encoded_linear.h"
#include "kernels/partition.h"
#include "kernels/product/dot_tile.h"
#include "kernels/product/epilogue.h"
#include "kernels/product/multiply.h"
#include "kernels/product/product.h"
#include "kernels/product/sampled_product.h"
#include "kernels/product/weight_product.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// BLAS is used from so many rows on, except with AVX-512, whose packed products are faster. BLAS needs large blocks, so
// that threads could not share fewer rows evenly.
constexpr std::int64_t kBlasRows = 512;
constexpr std::int64_t kBlasBlockRows = 256;
constexpr std::int64_t kBlasBlockColumns = 512;
// The columns and the floats of x of a block of our own product: half a megabyte of x, which is read again and again,
// stays in the second cache.
constexpr std::int64_t kOwnBlockColumns = 64;
constexpr std::int64_t kOwnBlockFloats = 128 * 1024;
// Copying rows of w that are not aligned pays from so many rows on.
constexpr std::int64_t kCopyRows = 24;

inline bool is_aligned(const Matrix& m) {
  return reinterpret_cast<std::uintptr_t>(m.floats) % (kLanes * sizeof(float)) == 0 && m.stride % kLanes == 0;
}

void own_block(const LinearArgs& args, const Block& block, float* copy) {
  const Matrix& x = args.x;
  const Matrix& w = args.weight;
  const Matrix& y = args.out;
  multiply(block.rows.length(), block.columns.length(), x.width,
           row_of(x, block.rows.begin), x.stride, row_of(w, block.columns.begin), w.stride,
           row_of(y, block.rows.begin) + block.columns.begin, y.stride, copy);
  apply_epilogue(args, block);
}

void blas_block(const LinearArgs& args, const Block& block) {
  const Matrix& x = args.x;
  const Matrix& w = args.weight;
  const Matrix& y = args.out;
  args.product(block.rows.length(), block.columns.length(), x.width,
               row_of(x, block.rows.begin), x.stride, row_of(w, block.columns.begin), w.stride,
               row_of(y, block.rows.begin) + block.columns.begin, y.stride);
  apply_epilogue(args, block);
}

// Threads share the columns of y, so that each thread reads its part of w once.
void own_linear(const LinearArgs& args, const Partition& partition) {
  const Matrix& y = args.out;
  const std::int64_t tiles = kOwnBlockFloats / (args.x.width * kTileRows);
  const std::int64_t row_step = (tiles < 1 ? 1 : tiles) * kTileRows;
  float* copy = y.rows >= kCopyRows && !is_aligned(args.weight) ? partition.scratch : nullptr;
  const Range columns = part_of(y.width, kTileColumns, partition);
  for (std::int64_t row = 0; row < y.rows; row += row_step)
    for (std::int64_t column = columns.begin; column < columns.end; column += kOwnBlockColumns)
      own_block(args, {{row, smaller(row + row_step, y.rows)}, {column, smaller(column + kOwnBlockColumns, columns.end)}},
                copy);
}

// Threads share the blocks. Blocks do not depend on the number of threads, because BLAS may add in another order in a
// block of another size.
void blas_linear(const LinearArgs& args, const Partition& partition) {
  const Matrix& y = args.out;
  const std::int64_t across = (y.width + kBlasBlockColumns - 1) / kBlasBlockColumns;
  const std::int64_t down = (y.rows + kBlasBlockRows - 1) / kBlasBlockRows;
  const Range blocks = part_of(across * down, 1, partition);
  for (std::int64_t i = blocks.begin; i < blocks.end; i++) {
    const std::int64_t row = i / across * kBlasBlockRows;
    const std::int64_t column = i % across * kBlasBlockColumns;
    blas_block(args, {{row, smaller(row + kBlasBlockRows, y.rows)},
                      {column, smaller(column + kBlasBlockColumns, y.width)}});
  }
}

// Packing pays from so many rows on: 200 GFLOP/s, where BLAS has 185 and dot products 150.
constexpr std::int64_t kPackedLinearRows = 128;

void packed_linear(const LinearArgs& args, const Partition& partition, bool sparse) {
  const Matrix& y = args.out;
  const Product product = {rows_of(args.x), transposed(args.weight), args.x.width, y.floats, y.stride, 1,
                           false, sparse};
  multiply_packed(product, part_of_product(y.rows, y.width, args, partition), args, partition,
                  [&](const Block& block) { apply_epilogue(args, block); });
}

void float32_linear(const LinearArgs& args, const Partition& partition) {
  if (args.out.rows >= kPackedLinearRows) {
    const bool sparse = mostly_zeros(args.x, args);
    if (sparse || kLanes == 16) return packed_linear(args, partition, sparse);
  }
  if (args.product && args.out.rows >= kBlasRows) blas_linear(args, partition);
  else own_linear(args, partition);
}

}  // namespace

void linear(const LinearArgs& args, const Partition& partition) {
  if (args.weight.encoding != Encoding::kFloat32) return encoded_linear(args, partition);
  in_parts(partition, partition.parts, [&](const Partition& part) { float32_linear(args, part); });
}

// linearInputGradient: input i reaches each output o through weight[o, i], so that dx_i = scale · Σ_o dy_o weight[o,
// i], or dx = scale · dy W.
namespace {

// dx ← 0 where x is 0, in a block.
void clear_where_zero(const LinearInputGradientArgs& args, const Block& block) {
  for (std::int64_t r = block.rows.begin; r < block.rows.end; r++) {
    const float* x = row_of(args.x, r) + block.columns.begin;
    float* dx = row_of(args.dx, r) + block.columns.begin;
    for_columns(block.columns.length(), [&](std::int64_t i, auto n) {
      const Vec given = load(x + i, n);
      store(dx + i, select(nonzero(given, given), load(dx + i, n), broadcast(0)), n);
    });
  }
}

}  // namespace

// dx [S, inputs] ← scale · dy [S, outputs] · weight [outputs, inputs]. If x is given, dx is 0 where x is 0.
void linear_input_gradient(const LinearInputGradientArgs& args, const Partition& partition) {
  const Matrix& dy = args.dy;
  const Matrix& x = args.x;
  const Matrix& dx = args.dx;
  if (x.floats && dy.width <= kMostSampledOutputs && few_wanted(x, args)) return sampled_input_gradient(args, partition);
  const float scale = static_cast<float>(args.scale);
  const Product product = {rows_of(dy), rows_of(args.weight), dy.width, dx.floats, dx.stride, scale, false, mostly_zeros(dy, args)};
  multiply_packed(product, part_of_product(dx.rows, dx.width, args, partition), args, partition, [&](const Block& block) {
    if (x.floats) clear_where_zero(args, block);
  });
}

// linearWeightGradient: weight[o, i] multiplies x_i for output o in every row, so that dW += scale · dyᵀ x. The bias is
// added to every row, so that db += Σ dy.
namespace {

// The gradient for an x that is mostly zeros, computed transposed: xᵀ · dy.
inline Product sparse_weight_product(const Matrix& x, const Matrix& dy, const Matrix& d_weight, float scale) {
  return {transposed(x), rows_of(dy), x.rows, d_weight.floats, d_weight.stride, scale, true, true, true};
}

}  // namespace

void linear_weight_gradient(const LinearWeightGradientArgs& args, const Partition& partition) {
  const Matrix& dy = args.dy;
  const Matrix& d_weight = args.d_weight;
  const Matrix& d_bias = args.d_bias;
  const Matrix& x = args.x;
  const float scale = static_cast<float>(args.scale);
  if (mostly_zeros(x, args)) {
    const Product product = sparse_weight_product(x, dy, d_weight, scale);
    multiply_packed(product, part_of_product(d_weight.width, d_weight.rows, args, partition), args, partition);
  } else {
    Product product = weight_product(x, dy, d_weight, scale);
    product.sparse = mostly_zeros(dy, args);
    multiply_packed(product, part_of_product(d_weight.rows, d_weight.width, args, partition), args, partition);
  }
  if (d_bias.floats) add_column_sums(d_bias, dy, part_of(dy.width, kScratchStep, partition));
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
