// Plays programs, one after the other, on its own threads. All programs share one arena.
#pragma once
#include <memory>
#include <vector>

#include "core/bound_program.h"
#include "core/machine.h"
#include "core/memory.h"
#include "core/pool.h"

namespace glassformer {

class Player {
 public:
  // `threads` is the largest number of threads of a play.
  Player(const InstructionSet& set, MatrixProduct product, Precision precision, int threads);

  const InstructionSet& set() const { return set_; }
  int threads() const { return threads_; }

  // Returns the number of the program. Throws ERR_SHAPE.
  std::size_t compile(ProgramSpec spec, std::int64_t weights);

  // The number of threads of the last play.
  int called() const { return pool_.called(); }

  BoundProgram& program(std::size_t id) { return *programs_[id]; }

  // Plays all instructions on `threads` threads. `times` gets the seconds of each instruction, which are then played
  // one by one; it may be null. Throws ERR_SHAPE, or std::system_error where no thread can be made, before anything has
  // been written.
  void play(std::size_t id, const std::vector<double>& rows, const std::vector<BoundArray>& arrays,
            const BoundArray& weights, int threads, double* times);

 private:
  InstructionSet set_;
  MatrixProduct product_;
  Precision precision_;
  int threads_;
  Pool pool_;
  Memory arena_;
  Memory common_;
  Memory scratch_;
  std::vector<std::unique_ptr<BoundProgram>> programs_;
};

}  // namespace glassformer
