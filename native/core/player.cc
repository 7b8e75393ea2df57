#include "core/player.h"

#include <chrono>
#include <utility>

namespace glassformer {

namespace {

// One play, as all threads see it.
struct Play {
  const std::vector<Step>& steps;
  Pool& pool;
  int threads;
  float* common;
  float* scratch;
  std::int64_t scratch_step;  // floats from one thread's scratch memory to the next
  double* times;
};

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void meet_in(void* pool) { static_cast<Pool*>(pool)->meet(); }

// Every thread walks the whole list. They meet where work was or will be shared; small steps in a row are thread 0's alone.
void walk(void* context, int thread) {
  const Play& play = *static_cast<const Play*>(context);
  const Share share = {thread,      play.threads, play.scratch + thread * play.scratch_step,
                       play.common, meet_in,      &play.pool};
  const Share alone = {0, 1, share.scratch, play.common, meet_in, &play.pool};
  bool meet = false;
  double start = play.times && thread == 0 ? seconds() : 0;
  for (std::size_t i = 0; i < play.steps.size(); i++) {
    const Step& step = play.steps[i];
    if (i > 0 && (meet || step.shared)) play.pool.meet();
    meet = step.shared;
    if (step.shared) step.kernel(step.call, share);
    else if (thread == 0) step.kernel(step.call, alone);
    if (!play.times || thread != 0) continue;
    const double end = seconds();
    play.times[i] = end - start;
    start = end;
  }
}

}  // namespace

Player::Player(const InstructionSet& set, MatrixProduct product, Precision precision, int threads)
    : set_(set), product_(product), precision_(precision), threads_(threads) {}

std::size_t Player::compile(ProgramSpec spec, std::int64_t weights) {
  programs_.push_back(std::make_unique<BoundProgram>(std::move(spec), weights, set_, product_, precision_));
  return programs_.size() - 1;
}

void Player::play(std::size_t id, const std::vector<double>& rows, const std::vector<BoundArray>& arrays,
                  const BoundArray& weights, int threads, double* times) {
  BoundProgram& program = *programs_[id];
  program.check_weights(weights);
  program.check(rows, arrays);
  const std::int64_t step = (program.scratch() + kScratchStep - 1) / kScratchStep * kScratchStep;
  const std::int64_t common = (program.common(threads) + kScratchStep - 1) / kScratchStep * kScratchStep;
  auto* memory = static_cast<float*>(scratch_.reserve(sizeof(float) * (common + step * threads)));
  program.bind(static_cast<const float*>(weights.data), arrays, arena_);
  Play play = {program.steps(), pool_, threads, memory, memory + common, step, times};
  pool_.run(walk, &play, threads);
}

}  // namespace glassformer
