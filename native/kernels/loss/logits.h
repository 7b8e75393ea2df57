// Losses that are fused with the output projection hold some rows of logits at a time.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

// logits = scale · x Wᵀ + bias
struct Projection {
  const Matrix& x;
  const Matrix& weight;
  const Matrix& bias;
  float scale;
};

// The logits of some rows. They become gradients in place.
struct Logits {
  float* at;  // [rows, classes]
  std::int64_t rows;
  std::int64_t classes;
  std::int64_t first;  // row of x

  float* row(std::int64_t r) const { return at + r * classes; }
};

// logits ← scale · x Wᵀ + bias. Threads share the classes.
void compute_logits(const Projection& p, const Logits& logits, const Call& call, const Partition& partition);

// The gradients of a projection. dx of the rows is written. d_weight and d_bias are added to, and are null where the
// projection is not trained.
struct ProjectionGradients {
  const Matrix& dx;
  const Matrix& d_weight;
  const Matrix& d_bias;
};

// dx ← scale · G W by rows, dW += scale · Gᵀ x and db += Σ G by classes. G are the gradients of the logits.
void add_gradients(const Projection& p, const Logits& logits, const ProjectionGradients& to, const Call& call,
                   const Partition& partition);

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
