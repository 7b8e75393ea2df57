// Plays programs, one after the other, on its own threads; holds the arena that they share.
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
  // `threads` is the most threads that a play may run on.
  Player(const InstructionSet& set, MatrixProduct product, Precision precision, int threads);

  const InstructionSet& set() const { return set_; }
  int threads() const { return threads_; }

  // Returns the number of the program. Throws ERR_SHAPE.
  std::size_t compile(ProgramSpec spec, std::int64_t weights);

  // How many threads the last play ran on.
  int called() const { return pool_.called(); }

  BoundProgram& program(std::size_t id) { return *programs_[id]; }

  // Plays all instructions on `threads` threads. `times` (or null) gets the seconds of each instruction; instructions are then played one
  // by one. Throws ERR_SHAPE, and std::system_error where no thread can be made; nothing has been written then.
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
