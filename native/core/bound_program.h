// A validated program, and where its operands lie at each play.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/machine.h"
#include "core/memory.h"
#include "core/op.h"
#include "core/program.h"
#include "kernels/kernels.h"

namespace glassformer {

// A typed array as JavaScript hands it in; `other` for any that holds none of the dtypes.
struct BoundArray {
  void* data;
  std::size_t length;
  DType dtype;
  bool other;
};

// Instructions that checks cannot tell apart: the same op and attributes over the same integers, rows and widths.
struct Alike {
  std::size_t first;  // number of the instruction that stands for all
  double work;        // nanoseconds of one thread, to an order of magnitude
};

// An instruction, ready to run.
struct Step {
  std::shared_ptr<Call> call;
  std::vector<Matrix*> inputs;
  std::vector<Matrix*> outputs;
  Kernel kernel;
  Parallelism parallelism;
  const Alike* alike;
  // How many instructions, from this one on, may be played together on some rows and then on others: each is by rows, and has rows of the
  // same symbol.
  std::size_t by_rows = 0;
};

// Floats of memory that a play needs beside its arena: for each thread, and for all threads in common.
struct Scratch {
  std::int64_t each;
  std::int64_t common;
};

class BoundProgram {
 public:
  // `weights` is the number of floats in the store, and `threads` the most threads of a play. Throws ERR_SHAPE.
  BoundProgram(ProgramSpec spec, std::int64_t weights, const InstructionSet& set, MatrixProduct product, Precision precision,
               int threads);
  BoundProgram(const BoundProgram&) = delete;
  BoundProgram& operator=(const BoundProgram&) = delete;

  const ProgramSpec& spec() const { return spec_; }
  std::vector<Step>& steps() { return steps_; }

  // Proves that weights, rows and arrays are large enough, and points every operand at its memory. Everything is proved again at every
  // play; operands whose memory is where it was are left as they are. Throws ERR_SHAPE, and ERR_MEMORY where there is no memory for the
  // arena.
  void bind(const BoundArray& weights, const std::vector<double>& rows, const std::vector<BoundArray>& arrays, Memory& arena);

  // After bind: proves that ids, spans and offsets fit, and tells what `threads` threads need. Throws ERR_SHAPE.
  Scratch check(int threads);

 private:
  struct Operand {
    Matrix* matrix;
    std::int64_t column;
  };
  // A tensor, and the operands that show it: `rows` rows at `at`. Data that plays read lies side by side.
  struct Place {
    std::int64_t tensor;
    std::int64_t symbol;
    std::int64_t width;
    std::int64_t offset;
    std::int64_t start;
    DType dtype;
    bool integers;  // read as such: from our copy
    std::int64_t rows;
    void* at = nullptr;
    std::vector<Operand> operands = {};
  };

  void find_by_rows();
  bool is_by_rows(const InstructionSpec& instruction) const;
  void collect_places();
  void collect_alike();
  void check_weights(const BoundArray& weights) const;
  void check_rows(const std::vector<double>& rows);
  void check_arrays(const std::vector<BoundArray>& arrays) const;
  void place_regions();
  void place_weights(float* weights);
  void place_bound(const std::vector<BoundArray>& arrays);
  void place_planned(float* arena);
  std::int64_t row_count(const Place& place) const;
  void point(Place& place, void* at);
  void show(Matrix& matrix, const Place& place, void* at, std::int64_t column) const;

  ProgramSpec spec_;
  std::size_t weights_;  // how many there must be
  std::vector<Step> steps_;
  std::vector<Alike> alike_;
  std::vector<Place> in_weights_, bound_, planned_;
  std::vector<std::int64_t> rows_;          // by symbol
  // For each region: floats from a row of all its tensors to the next row; 0 where each tensor has its rows side by side.
  std::vector<std::int64_t> row_step_;
  std::vector<std::int64_t> region_begin_;  // floats into the arena; one more than regions: the end
  bool regions_placed_ = false;             // for these rows
  float* in_arena_ = nullptr;               // where the planned tensors lie in regions that are placed so, null before
  float* in_store_ = nullptr;               // where the weights lie
  Memory integer_memory_;
};

}  // namespace glassformer
