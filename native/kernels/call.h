// What a call of a kernel is made of. Plain data, and functions that are static: this header is compiled under several instruction
// sets, and another inline function in it could be kept in the version of the highest one (one-definition rule).
#pragma once
#include <cstdint>

namespace glassformer {

// The upper half of a float32, as caches of keys and values may hold it.
enum class Bfloat16 : std::uint16_t {};

// How a weight's values are stored: float32 in rows, the others in panels.
enum class Encoding { kFloat32, kFloat32Panels, kBfloat16, kInt8 };

// Rows of an encoded weight that lie interleaved, and what its width is rounded up to, with zeros (src/backend/packed.ts).
constexpr std::int64_t kPackedOutputs = 16;
constexpr std::int64_t kInt8Inputs = 64;
constexpr std::int64_t kBfloat16Inputs = 32;
constexpr std::int64_t kFloat32Inputs = 16;

// Row r, column c is at [r · stride + c] of `floats`, `integers` or `halves`, whichever the operand holds; all null: left out. An
// encoded weight is at `packed` instead:
//   int8: panels [rows / 16][depth / 4][16][4] std::int8_t, scales and sums [16 · panels];
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
  Bfloat16* halves = nullptr;
};

// y [m, n] = x [m, k] · wᵀ, w [n, k]; strides in floats
typedef void (*MatrixProduct)(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t x_stride,
                              const float* w, std::int64_t w_stride, float* y, std::int64_t y_stride);

// What kernels may use to multiply in int8 and bfloat16, beyond what all processors of their instruction set have: AVX-VNNI or
// AVX512-VNNI; AVX512-BF16; AMX.
struct CpuFeatures {
  bool vnni = false;
  bool bfloat16 = false;
  bool amx = false;
};

// How large products are computed: factors in float32, or rounded to bfloat16 and multiplied by AVX-512 or by AMX.
enum Precision { kFloat32, kBfloat16Pairs, kBfloat16Amx };

// What all instructions of a program have in common.
struct Setting {
  MatrixProduct product;  // BLAS, or null: our own kernels
  Precision precision;
  CpuFeatures cpu;
  // Whether the model's weights are more than caches keep: they drive out whatever else a play reads, which comes from memory then.
  bool from_memory;
  // Whether they are so many that of them, too, caches keep nothing from one play to the next.
  bool all_from_memory;
};

// What the operands of an op stand in (generated/operands.h): those of a call are matrices, and know what its program has in common.
template <class Operand>
struct Operands {};
template <>
struct Operands<Matrix> : Setting {};

// One instruction bound to memory, whatever its op.
using Call = Operands<Matrix>;

// Which part of a call is to be computed, by which thread, and its memory (64-byte aligned, as large as the op asked for): scratch
// of the thread's own, and some in common with the others.
struct Partition {
  int part;
  int parts;
  int thread;
  int threads;
  float* scratch;
  float* common;
  void* pool;
  // For a call in as many parts as there are threads: none goes on before all have come, and all see what the others have written.
  void (*barrier)(void* pool);
  // A call that cuts itself is led by one thread, as part 0 of the parts that it is worth: work(context, part) for so many, on all
  // threads. Null where it is cut already, by rows.
  void (*split)(const Partition& whole, void (*work)(void* context, const Partition& part), void* context, int parts);
};

// Rows that tables of relative keys and values may have.
constexpr int kMostDistances = 65535;
// Values that sumOfSquares adds into one sum.
constexpr int kSumBlock = 16384;
// With fewer rows for each thread than this, threads share the outputs of an encoded weight instead of the rows. A thread that has rows
// of its own finds them in its own caches, and need not wait for others, but reads the whole weight, which costs more where that comes from
// memory and tiles multiply as fast as it comes.
static inline std::int64_t rows_of_thread(const Call& call) { return call.from_memory && call.cpu.amx ? 64 : 16; }

}  // namespace glassformer
