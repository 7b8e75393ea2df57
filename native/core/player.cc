#include "core/player.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

namespace glassformer {

namespace {

// A call is shared by threads if its work is at least so many times the wake latency. For less work, other threads
// would take as long to come and to fetch the call's data.
constexpr double kWakeLatencies = 15;
// Longer calls are cut into parts of at least kPartWork nanoseconds, and at most kMostParts parts for each thread, so
// that a thread that finishes early takes another. Parts cost a start, and each reads its own stretch of the weights,
// which short calls do not gain back.
constexpr double kPartWork = 50000;
constexpr int kMostParts = 2;

// One play, seen by all of its threads.
struct Play {
  Pool& pool;
  int threads;
  double least_work;  // the least work, in nanoseconds, of a call that threads share
  float* common;
  float* scratch;
  std::int64_t scratch_step;  // floats from one thread's scratch memory to the next
};

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The number of parts into which work is cut. Each thread gets as many, so that undisturbed threads finish at the same
// time.
int parts_of_work(double work, int threads) {
  return threads * static_cast<int>(std::clamp<double>(work / kPartWork / threads, 1, kMostParts));
}

int parts_of(const Play& play, const Step& step) {
  if (play.threads == 1 || step.call_shape->work < play.least_work) return 1;
  return step.parallelism == Parallelism::kOnePerThread ? play.threads : parts_of_work(step.call_shape->work, play.threads);
}

void wait_at_barrier(void* play) { static_cast<Play*>(play)->pool.barrier(); }

// The parts of a call. Each part is work(context, partition).
struct Parts {
  Play& play;
  void (*work)(void* context, const Partition& partition);
  void* context;
  int count;
};

void split(const Partition& whole, void (*work)(void*, const Partition&), void* context, int count);

void play_part(void* context, const Part& part) {
  const Parts& parts = *static_cast<Parts*>(context);
  Play& play = parts.play;
  parts.work(parts.context, {part.number, parts.count, part.thread, play.threads,
                             play.scratch + part.thread * play.scratch_step, play.common, &play, wait_at_barrier, split});
}

void play_parts(Play& play, void (*work)(void*, const Partition&), void* context, int count) {
  Parts parts = {play, work, context, count};
  play.pool.run(play_part, &parts, count);
}

void split(const Partition& whole, void (*work)(void*, const Partition&), void* context, int count) {
  play_parts(*static_cast<Play*>(whole.pool), work, context, count);
}

void play_kernel(void* step, const Partition& partition) {
  const Step& it = *static_cast<const Step*>(step);
  it.kernel(*it.call, partition);
}

void play_step(Play& play, Step& step) {
  const int parts = parts_of(play, step);
  if (parts > 1 && step.parallelism != Parallelism::kByKernel) return play_parts(play, play_kernel, &step, parts);
  step.kernel(*step.call, {0, parts, 0, play.threads, play.scratch, play.common, &play, wait_at_barrier, split});
}

// Whether the instructions from this one on are played by rows, so that threads do not wait for each other between
// them.
bool plays_by_rows(const Step& first, int threads) {
  return threads > 1 && first.by_rows > 1 && first.outputs.front()->rows >= rows_of_thread(*first.call) * threads;
}

// Plays some rows of these instructions, one instruction after the other. Kernels get no `split`, because the call is
// cut already.
void play_some_rows(void* steps, const Partition& partition) {
  const Step* first = static_cast<const Step*>(steps);
  Partition part = partition;
  part.split = nullptr;
  for (const Step* step = first; step < first + first->by_rows; step++) step->kernel(*step->call, part);
}

void play_by_rows(Play& play, Step& first) {
  const double work = std::accumulate(&first, &first + first.by_rows, 0.0,
                                      [](double sum, const Step& step) { return sum + step.call_shape->work; });
  play_parts(play, play_some_rows, &first, parts_of_work(work, play.threads));
}

}  // namespace

Player::Player(const InstructionSet& set, MatrixProduct product, Precision precision, int threads)
    : set_(set), product_(product), precision_(precision), threads_(threads), pool_(threads) {}

std::size_t Player::compile(ProgramSpec spec, std::int64_t weights) {
  programs_.push_back(std::make_unique<BoundProgram>(std::move(spec), weights, set_, product_, precision_, threads_));
  return programs_.size() - 1;
}

void Player::play(std::size_t id, const std::vector<double>& rows, const std::vector<BoundArray>& arrays,
                  const BoundArray& weights, int threads, double* times) {
  BoundProgram& program = *programs_[id];
  program.bind(weights, rows, arrays, arena_);
  // Before anything is written, because this throws where no thread can be made.
  const int playing = pool_.prepare(threads);
  const Scratch scratch = program.check(playing);
  auto* common = static_cast<float*>(common_.reserve(sizeof(float) * scratch.common));
  auto* each = static_cast<float*>(scratch_.reserve(sizeof(float) * scratch.each * playing));
  pool_.call(playing);
  Play play = {pool_, playing, kWakeLatencies * pool_.wake_latency(), common, each, scratch.each};
  double start = times ? seconds() : 0;
  std::vector<Step>& steps = program.steps();
  for (std::size_t i = 0; i < steps.size(); i++) {
    if (!times && plays_by_rows(steps[i], playing)) {
      play_by_rows(play, steps[i]);
      i += steps[i].by_rows - 1;
      continue;
    }
    play_step(play, steps[i]);
    if (!times) continue;
    const double end = seconds();
    *times++ = end - start;
    start = end;
  }
  pool_.measure_wake_latency();
}

}  // namespace glassformer
