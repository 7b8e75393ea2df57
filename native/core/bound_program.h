// A validated program, and the memory of its operands at each play.
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

// A typed array from JavaScript. `other` is set where its elements are of none of our dtypes.
struct BoundArray {
  void* data;
  std::size_t length;
  DType dtype;
  bool other;
};

// A group of instructions that no check distinguishes: their op, attributes, integers, rows and widths are the same.
// One of them is checked for all.
struct CallShape {
  std::size_t first;  // number of the first such instruction, which is checked
  double work;  // nanoseconds that one thread takes, to an order of magnitude
};

// An instruction, ready to run.
struct Step {
  std::shared_ptr<Call> call;
  std::vector<Matrix*> inputs;
  std::vector<Matrix*> outputs;
  Kernel kernel;
  Parallelism parallelism;
  const CallShape* call_shape;
  // The number of instructions, counted from this one, that a thread may play one after the other on a part of the
  // rows. All of them are by rows, and their rows are of the same symbol.
  std::size_t by_rows = 0;
};

// Floats of memory that a play needs besides its arena: `each` for every thread, `common` for all threads together.
struct Scratch {
  std::int64_t each;
  std::int64_t common;
};

class BoundProgram {
 public:
  // `weights` is the number of floats in the store; `threads` is the largest number of threads of a play. Throws
  // ERR_SHAPE.
  BoundProgram(ProgramSpec spec, std::int64_t weights, const InstructionSet& set, MatrixProduct product, Precision precision,
               int threads);
  BoundProgram(const BoundProgram&) = delete;
  BoundProgram& operator=(const BoundProgram&) = delete;

  const ProgramSpec& spec() const { return spec_; }
  std::vector<Step>& steps() { return steps_; }

  // Checks at every play that weights, rows and arrays are large enough, and sets the pointers of all operands.
  // Operands whose memory has not moved keep their pointers. Throws ERR_SHAPE, or ERR_MEMORY where there is no memory
  // for the arena.
  void bind(const BoundArray& weights, const std::vector<double>& rows, const std::vector<BoundArray>& arrays, Memory& arena);

  // Call after bind: checks that ids, spans and offsets are in range, and returns the memory that `threads` threads
  // need. Throws ERR_SHAPE.
  Scratch check(int threads);

 private:
  struct Operand {
    Matrix* matrix;
    std::int64_t column;
  };
  // A tensor at `at`, with `rows` rows, and the operands that read or write it. Places of one kind are in one vector,
  // because every play walks them.
  struct Place {
    std::int64_t tensor;
    std::int64_t symbol;
    std::int64_t width;
    std::int64_t offset;
    std::int64_t start;
    DType dtype;
    bool integers;  // an operand reads it as integers, so that it is copied into integer_memory_ and checked there
    std::int64_t rows;
    void* at = nullptr;
    std::vector<Operand> operands = {};
  };

  void find_by_rows();
  bool is_by_rows(const InstructionSpec& instruction) const;
  void collect_places();
  void collect_call_shapes();
  void check_weights(const BoundArray& weights) const;
  void check_rows(const std::vector<double>& rows);
  void check_arrays(const std::vector<BoundArray>& arrays) const;
  void place_regions();
  void place_weights(float* weights);
  void place_bound(const std::vector<BoundArray>& arrays);
  void place_planned(float* arena);
  std::int64_t row_count(const Place& place) const;
  void relocate(Place& place, void* at);
  void set_pointers(Matrix& matrix, const Place& place, void* at, std::int64_t column) const;

  ProgramSpec spec_;
  std::size_t weights_;  // floats that the store must have
  std::vector<Step> steps_;
  std::vector<CallShape> call_shapes_;
  std::vector<Place> in_weights_, bound_, planned_;
  std::vector<std::int64_t> rows_;  // by symbol
  // For each region, the floats from one row to the next of a region that interleaves its tensors row by row; 0 where
  // each tensor's rows are contiguous.
  std::vector<std::int64_t> row_step_;
  // Where each region begins, in floats into the arena, and then the end of the last region.
  std::vector<std::int64_t> region_begin_;
  bool regions_placed_ = false;  // whether region_begin_ is right for rows_
  float* in_arena_ = nullptr;    // the arena that planned operands point into; null until they are set for these regions
  float* in_store_ = nullptr;    // the store that weights point into
  Memory integer_memory_;
};

}  // namespace glassformer
