// The data of a kernel's call. Functions here are static, because this header is compiled for several instruction sets:
// of an inline function the linker could keep the version of the highest set for all of them (one-definition rule).
#pragma once
#include <cstdint>

namespace glassformer {

// The upper half of a float32. Caches of keys and values may hold it.
enum class Bfloat16 : std::uint16_t {};

// The storage of a weight's values. kFloat32 lies in rows, all other encodings in panels.
enum class Encoding { kFloat32, kFloat32Panels, kBfloat16, kInt8, kInt4 };

// The rows of an encoded weight that lie interleaved in a panel, and the multiple to which zeros fill up its width in
// each encoding (src/engine/backend/interface/packed.ts).
constexpr std::int64_t kPackedOutputs = 16;
constexpr std::int64_t kInt8Inputs = 64;
constexpr std::int64_t kBfloat16Inputs = 32;
constexpr std::int64_t kFloat32Inputs = 16;
// int4: the inputs of a group, which share a scale; the inputs of a block of two groups; and the 32-bit words of a row
// in a block: one word holds both scales, and each of the others eight inputs.
constexpr std::int64_t kInt4Group = 32;
constexpr std::int64_t kInt4Inputs = 2 * kInt4Group;
constexpr std::int64_t kInt4Words = 1 + kInt4Inputs / 8;

// A matrix in memory. Row r, column c is at [r · stride + c] of `floats`, `integers` or `halves`, whichever is set; all
// are null where the operand is left out. The values of an encoded weight are at `packed` instead, where the first
// dimension below is the panel:
//   int8: panels [rows / 16][depth / 4][16][4] std::int8_t; scales and sums [16 · panels]; multipliers [16], the first
//   of which multiplies inputs, or is 0 where each row of inputs has a scale of its own;
//   int4: panels [rows / 16][depth / 64][9][16] words. The first word of a row has the std::int16_t scales of two
//   groups. Each other word has eight inputs as integers from -8 to 7 with 8 added: four in the lower halves of its
//   bytes, then four in the upper halves. An output is scales [16 · panels] times Σ integer · scale of the group;
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

// A matrix product, y [m, n] = x [m, k] · wᵀ with w [n, k]. Strides are in floats.
typedef void (*MatrixProduct)(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t x_stride,
                              const float* w, std::int64_t w_stride, float* y, std::int64_t y_stride);

// Extensions that kernels may use to multiply int8 and bfloat16, beyond what each processor of their instruction set
// has. `vnni` is AVX-VNNI, AVX512-VNNI or SDOT; `bfloat16` is AVX512-BF16.
struct CpuFeatures {
  bool vnni = false;
  bool bfloat16 = false;
  bool amx = false;
};

// The factors of large products: float32, or rounded to bfloat16 and multiplied by AVX-512 (pairs) or AMX.
enum Precision { kFloat32, kBfloat16Pairs, kBfloat16Amx };

// Settings that all instructions of a program share.
struct Setting {
  MatrixProduct product;  // BLAS, or null: our own kernels
  Precision precision;
  CpuFeatures cpu;
  // Whether the model's weights are larger than the caches. Then they displace all other data that a play reads, which
  // therefore comes from memory.
  bool from_memory;
  // Whether the weights are so large that the caches keep no part of them from one play to the next.
  bool all_from_memory;
};

// The base of an op's operands (generated/operands.h). Operands that are matrices come with the settings of their
// program.
template <class Operand>
struct Operands {};
template <>
struct Operands<Matrix> : Setting {};

// An instruction that is bound to memory, of any op.
using Call = Operands<Matrix>;

// A part of a call: which part, the thread that computes it, and that thread's memory (64-byte aligned, as large as the
// op asked for): `scratch` of its own, and `common`, which all threads share.
struct Partition {
  int part;
  int parts;
  int thread;
  int threads;
  float* scratch;
  float* common;
  void* pool;
  // The barrier of a call in as many parts as there are threads: no thread continues before all have arrived, and each
  // sees the writes of all others.
  void (*barrier)(void* pool);
  // For a call that cuts itself: one thread begins it as part 0, and `parts` is the number of parts that the call is
  // worth. Calls work(context, part) for as many parts, on all threads. Null where the call is already cut by rows.
  void (*split)(const Partition& whole, void (*work)(void* context, const Partition& part), void* context, int parts);
};

// The most rows of a table of relative keys or values.
constexpr int kMostDistances = 65535;
// The number of values that sumOfSquares adds into one sum.
constexpr int kSumBlock = 16384;
// The fewest rows of each thread with which threads share the rows of an encoded product; with fewer rows they share
// its outputs. A thread with its own rows has them in its own caches and need not wait for others, but it reads the
// whole weight. That costs more where the weight comes from memory, and AMX multiplies as fast as it comes.
static inline std::int64_t rows_of_thread(const Call& call) { return call.from_memory && call.cpu.amx ? 64 : 16; }

}  // namespace glassformer
