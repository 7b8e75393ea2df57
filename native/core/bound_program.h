// A validated program and, for each play, where its operands lie.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/machine.h"
#include "core/memory.h"
#include "core/ops.h"
#include "core/program.h"
#include "kernels/kernels.h"

namespace glassformer {

// A typed array as JavaScript hands it in; `other` for any that is neither Float32Array nor Int32Array.
struct BoundArray {
  void* data;
  std::size_t length;
  DType dtype;
  bool other;
};

// An instruction, ready to run.
struct Step {
  Call call;
  Kernel kernel;
  Cut cut;
  double work;  // nanoseconds of one thread, to an order of magnitude
};

class BoundProgram {
 public:
  // `weights`: how many there are. Throws ERR_SHAPE.
  BoundProgram(ProgramSpec spec, std::int64_t weights, const InstructionSet& set, MatrixProduct product,
               Precision precision);

  const ProgramSpec& spec() const { return spec_; }
  std::vector<Step>& steps() { return steps_; }

  // Throws ERR_SHAPE where there are fewer weights than when the program was made: their buffer has been shrunk or given away.
  void check_weights(const BoundArray& weights) const;

  // Proves that rows, arrays, ids and spans fit; writes to nothing but our own copies of the integers. Throws ERR_SHAPE.
  void check(const std::vector<double>& rows, const std::vector<BoundArray>& arrays);

  // After check: points every operand at its memory.
  void bind(const float* weights, const std::vector<BoundArray>& arrays, Memory& arena);

  // After check: floats of scratch memory that each thread needs.
  std::int64_t scratch() const;
  // And of memory that so many threads have in common.
  std::int64_t common(int threads) const;

 private:
  void check_rows(const std::vector<double>& rows);
  void check_arrays(const std::vector<BoundArray>& arrays) const;
  void place_regions();
  void copy_integers(const std::vector<BoundArray>& arrays);
  void bind_rows(Step& step, const InstructionSpec& instruction);
  Matrix rows_of(const OperandSpec& operand) const;
  void bind_floats(Matrix& matrix, const OperandSpec& operand, const float* weights,
                   const std::vector<BoundArray>& arrays, float* arena) const;
  static void bind_packed(Matrix& matrix, const TensorSpec& tensor, const float* at);
  std::int64_t row_count(const TensorSpec& tensor) const;

  ProgramSpec spec_;
  std::size_t weights_;  // how many there must be
  std::vector<Step> steps_;
  std::vector<bool> read_as_integers_;         // by tensor
  std::vector<std::int64_t> rows_;             // by symbol
  std::vector<std::int64_t> region_begin_;     // floats into the arena; one more than regions: the end
  std::vector<const std::int32_t*> integers_;  // by tensor: our copy, null where it is not read as integers
  Memory integer_memory_;
};

}  // namespace glassformer
