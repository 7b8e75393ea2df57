// What the core and the kernels agree on. Plain data only: this header is compiled under several instruction sets, and an inline
// function in it could be kept in the version of the highest one (one-definition rule).
#pragma once
#include <cstdint>

namespace glassformer {

// Row r, column c is at [r · stride + c] of `floats` or `integers`, whichever the operand holds; both null: left out.
struct Matrix {
  float* floats;
  const std::int32_t* integers;
  std::int32_t* integers_out;
  std::int64_t rows;
  std::int64_t width;
  std::int64_t stride;
};

// y [m, n] = x [m, k] · wᵀ, w [n, k]; strides in floats
typedef void (*MatrixProduct)(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t x_stride,
                              const float* w, std::int64_t w_stride, float* y, std::int64_t y_stride);

constexpr int kMostInputs = 5;
constexpr int kMostOutputs = 2;
constexpr int kMostAttributes = 4;

// One instruction bound to memory; operands and attributes in the order of the op table.
struct Call {
  Matrix inputs[kMostInputs];
  Matrix outputs[kMostOutputs];
  double attributes[kMostAttributes];
  MatrixProduct product;  // BLAS, or null: our own kernels
};

// Which part of a call a thread computes, and its scratch memory (64-byte aligned, as large as the op asked for).
struct Share {
  int thread;
  int threads;
  float* scratch;
};

typedef void (*Kernel)(const Call& call, const Share& share);

// One instruction set's kernels, one for each row of the op table.
struct Kernels {
  Kernel activation;
  Kernel add;
  Kernel append;
  Kernel attention;
  Kernel cached_attention;
  Kernel candidates;
  Kernel embed;
  Kernel layer_norm;
  Kernel linear;
  Kernel log_softmax;
  Kernel rms_norm;
  Kernel softmax;
  Kernel token_score;
};

extern const Kernels kernels_scalar;
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;

// Query rows that attention scores together: its scratch holds that many rows of scores.
constexpr int kQueryBlock = 12;
// Floats between rows of scratch are a multiple of this.
constexpr int kScratchStep = 16;

}  // namespace glassformer
