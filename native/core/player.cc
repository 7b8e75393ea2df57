#include "core/player.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace glassformer {

namespace {

// Below about this many nanoseconds a call is played by one thread: others would take as long to come.
constexpr double kSharedWork = 1000;
// Longer calls are cut into parts of at least this many, up to so many for each thread: whoever is done early takes more. Each part
// has a beginning, and reads its weights from one place on, which costs shorter calls more than it gives.
constexpr double kPartWork = 50000;
constexpr int kMostParts = 2;

// One play, as all threads see it.
struct Play {
  Pool& pool;
  int threads;
  float* common;
  float* scratch;
  std::int64_t scratch_step;  // floats from one thread's scratch memory to the next
};

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Into how many parts a call is cut.
int parts_of(const Step& step, int threads) {
  if (threads == 1 || step.alike->work < kSharedWork) return 1;
  if (step.cut == Cut::kTogether) return threads;
  // As many for each thread: those that nothing disturbs are done at the same time.
  return threads * static_cast<int>(std::clamp<double>(step.alike->work / kPartWork / threads, 1, kMostParts));
}

void meet_in(void* play) { static_cast<Play*>(play)->pool.meet(); }

// work(context, share) for parts of a call.
struct Parts {
  Play& play;
  void (*work)(void* context, const Share& share);
  void* context;
  int count;
};

void split(const Share& whole, void (*work)(void*, const Share&), void* context, int count);

void play_part(void* context, const Part& part) {
  const Parts& parts = *static_cast<Parts*>(context);
  Play& play = parts.play;
  parts.work(parts.context, {part.number, parts.count, part.thread, play.threads,
                             play.scratch + part.thread * play.scratch_step, play.common, &play, meet_in, split});
}

void play_parts(Play& play, void (*work)(void*, const Share&), void* context, int count) {
  Parts parts = {play, work, context, count};
  play.pool.share(play_part, &parts, count);
}

void split(const Share& whole, void (*work)(void*, const Share&), void* context, int count) {
  play_parts(*static_cast<Play*>(whole.pool), work, context, count);
}

void play_kernel(void* step, const Share& share) {
  const Step& it = *static_cast<const Step*>(step);
  it.kernel(it.call, share);
}

void play_step(Play& play, Step& step) {
  const int parts = parts_of(step, play.threads);
  if (parts > 1 && step.cut != Cut::kItself) return play_parts(play, play_kernel, &step, parts);
  step.kernel(step.call, {0, parts, 0, play.threads, play.scratch, play.common, &play, meet_in, split});
}

}  // namespace

Player::Player(const InstructionSet& set, MatrixProduct product, Precision precision, int threads)
    : set_(set), product_(product), precision_(precision), threads_(threads), pool_(threads) {}

std::size_t Player::compile(ProgramSpec spec, std::int64_t weights) {
  programs_.push_back(std::make_unique<BoundProgram>(std::move(spec), weights, set_, product_, precision_));
  return programs_.size() - 1;
}

void Player::play(std::size_t id, const std::vector<double>& rows, const std::vector<BoundArray>& arrays,
                  const BoundArray& weights, int threads, double* times) {
  BoundProgram& program = *programs_[id];
  program.bind(weights, rows, arrays, arena_);
  const Scratch scratch = program.check(threads);
  auto* memory = static_cast<float*>(scratch_.reserve(sizeof(float) * (scratch.common + scratch.each * threads)));
  pool_.call(threads);  // before anything is written: there may be no more threads
  Play play = {pool_, threads, memory, memory + scratch.common, scratch.each};
  double start = times ? seconds() : 0;
  for (Step& each : program.steps()) {
    play_step(play, each);
    if (!times) continue;
    const double end = seconds();
    *times++ = end - start;
    start = end;
  }
}

}  // namespace glassformer
