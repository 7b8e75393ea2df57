// The data of a kernel's call. Functions here are static: this header is compiled for several instruction sets, and of another inline
// function the linker could keep the version of the highest set (one-definition rule).
#pragma once
#include <cstdint>

namespace glassformer {

// The upper half of a float32, as caches of keys and values may hold it.
enum class Bfloat16 : std::uint16_t {};

// How a weight's values are stored: float32 in rows, the other encodings in panels.
enum class Encoding { kFloat32, kFloat32Panels, kBfloat16, kInt8, kInt4 };

// The number of rows of an encoded weight that lie interleaved, and the multiples to which zeros fill up its width (src/engine/backend/interface/packed.ts).
constexpr std::int64_t kPackedOutputs = 16;
constexpr std::int64_t kInt8Inputs = 64;
constexpr std::int64_t kBfloat16Inputs = 32;
constexpr std::int64_t kFloat32Inputs = 16;
// int4: the inputs that share a scale, the inputs of a block of two such groups, and the words of 32 bits that a row takes in a block: both
// scales, and eight inputs in each of the others.
constexpr std::int64_t kInt4Group = 32;
constexpr std::int64_t kInt4Inputs = 2 * kInt4Group;
constexpr std::int64_t kInt4Words = 1 + kInt4Inputs / 8;

// Row r, column c is at [r · stride + c] of `floats`, `integers` or `halves`, whichever the operand holds. All are null where the operand
// is left out. An encoded weight is at `packed` instead:
//   int8: panels [rows / 16][depth / 4][16][4] std::int8_t, scales and sums [16 · panels], and multipliers [16], of which the
//     first is that of inputs, or 0 where each row has its own;
//   int4: panels [rows / 16][depth / 64][9][16] words: the std::int16_t scales of two groups, then for each eight inputs of a row the
//     lower halves of four bytes, first, and the upper halves, each an integer from -8 to 7 with 8 added; scales [16 · panels], by which
//     integer times scale of the group is multiplied;
//   bfloat16: panels [rows / 16][depth / 2][16][2] std::uint16_t;
//   float32 panels: [rows / 16][depth][16] float.
struct Matrix {
  float* floats;
  const std::int32_t* integers;
  std::int32_t* integers_out;
  std::int64_t rows;
  std::int64_t width;
  std::int64_t stride;
  Encoding encoding = Encoding::kFloat32;
  const void* packed = nullptr;
  const float* scales = nullptr;
  const std::int32_t* sums = nullptr;
  const float* multipliers = nullptr;
  Bfloat16* halves = nullptr;
};

// y [m, n] = x [m, k] · wᵀ, w [n, k]; strides in floats
typedef void (*MatrixProduct)(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t x_stride,
                              const float* w, std::int64_t w_stride, float* y, std::int64_t y_stride);

// The extensions that kernels may use to multiply int8 and bfloat16, beyond what all processors of their instruction set have: AVX-VNNI,
// AVX512-VNNI or SDOT; AVX512-BF16; AMX.
struct CpuFeatures {
  bool vnni = false;
  bool bfloat16 = false;
  bool amx = false;
};

// How large products are computed: factors in float32, or rounded to bfloat16 and multiplied by AVX-512 or by AMX.
enum Precision { kFloat32, kBfloat16Pairs, kBfloat16Amx };

// The settings that all instructions of a program have in common.
struct Setting {
  MatrixProduct product;  // BLAS, or null: our own kernels
  Precision precision;
  CpuFeatures cpu;
  // Whether the model's weights are more than caches keep. They then drive out all other data that a play reads, which comes from memory.
  bool from_memory;
  // Whether the weights are so large that caches keep none of them from one play to the next.
  bool all_from_memory;
};

// The base of an op's operands (generated/operands.h). The operands of a call are matrices, and have the settings of its program.
template <class Operand>
struct Operands {};
template <>
struct Operands<Matrix> : Setting {};

// One instruction bound to memory, whatever its op.
using Call = Operands<Matrix>;

// The part of a call that is to be computed, the thread that computes it, and its memory (64-byte aligned, as large as the op asked for):
// scratch memory of the thread's own, and memory in common with the other threads.
struct Partition {
  int part;
  int parts;
  int thread;
  int threads;
  float* scratch;
  float* common;
  void* pool;
  // The barrier of a call in as many parts as there are threads: no thread goes on before all have come, and each sees what the others have
  // written.
  void (*barrier)(void* pool);
  // For a call that cuts itself, which one thread begins as part 0 of the parts that the call is worth: calls work(context, part) for that
  // many parts, on all threads. Null where the call is already cut, by rows.
  void (*split)(const Partition& whole, void (*work)(void* context, const Partition& part), void* context, int parts);
};

// Rows that tables of relative keys and values may have.
constexpr int kMostDistances = 65535;
// Values that sumOfSquares adds into one sum.
constexpr int kSumBlock = 16384;
// With fewer rows for each thread than this, threads share the outputs of an encoded weight instead of the rows. A thread with rows of its
// own finds them in its own caches and need not wait for others, but reads the whole weight. That costs more where the weight comes from
// memory and tiles multiply as fast as it comes.
static inline std::int64_t rows_of_thread(const Call& call) { return call.from_memory && call.cpu.amx ? 64 : 16; }

}  // namespace glassformer
