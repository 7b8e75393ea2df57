// Products of losses that are fused with the output projection.
#include "kernels/call.h"
#include "kernels/loss/logits.h"
#include "kernels/partition.h"
#include "kernels/product/multiply.h"
#include "kernels/product/product.h"
#include "kernels/product/weight_product.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

// logits ← scale · x Wᵀ + bias. Threads share the classes.
void compute_logits(const Projection& p, const Logits& logits, const Call& call, const Partition& partition) {
  const Product product = {{row_of(p.x, logits.first), p.x.stride, 1}, transposed(p.weight), p.x.width, logits.at,
                           logits.classes, p.scale, false};
  const Block part = {{0, logits.rows}, part_of(logits.classes, kPanelColumns, partition)};
  multiply_packed(product, part, call, partition, [&](const Block& block) {
    if (!p.bias.floats) return;
    for (std::int64_t r = block.rows.begin; r < block.rows.end; r++) {
      float* row = logits.row(r) + block.columns.begin;
      const float* more = p.bias.floats + block.columns.begin;
      for_columns(block.columns.length(),
                  [&](std::int64_t i, auto n) { store(row + i, load(row + i, n) + load(more + i, n), n); });
    }
  });
}

// dx ← scale · G W by rows. If they are given, also dW += scale · Gᵀ x and db += Σ G by classes. G are the gradients of
// the logits.
void add_gradients(const Projection& p, const Logits& logits, const ProjectionGradients& to, const Call& call,
                   const Partition& partition) {
  const Matrix g = {logits.at, nullptr, nullptr, logits.rows, logits.classes, logits.classes};
  const Product input = {rows_of(g), rows_of(p.weight), logits.classes, row_of(to.dx, logits.first), to.dx.stride,
                         p.scale, false};
  multiply_packed(input, {part_of(logits.rows, tile_rows(call), partition), {0, to.dx.width}}, call, partition);
  if (!to.d_weight.floats) return;
  const Matrix rows = {row_of(p.x, logits.first), nullptr, nullptr, logits.rows, p.x.width, p.x.stride};
  const Range classes = part_of(logits.classes, kPanelColumns, partition);
  multiply_packed(weight_product(rows, g, to.d_weight, p.scale), {classes, {0, p.x.width}}, call, partition);
  if (to.d_bias.floats) add_column_sums(to.d_bias, g, classes);
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
