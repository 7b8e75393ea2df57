#include "core/pool.h"

#include <chrono>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace glassformer {

namespace {

// About 10 µs.
constexpr int kPauses = 500;
// How long a thread waits for the next job before it sleeps. Plays follow each other within 10 to 150 µs while a batch is decoded, and
// a sleeping thread takes some 50 µs to wake.
constexpr std::chrono::microseconds kAwake(300);

inline void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Pauses at first; then gives the core away, for another thread may need it to get to where this one waits for it.
void wait_a_turn(int turn) {
  if (turn < kPauses) pause();
  else std::this_thread::yield();
}

}  // namespace

Pool::Pool(int threads) : threads_(threads) {
  try {
    for (int thread = 1; thread < threads; thread++) workers_.emplace_back([this, thread] { serve(thread); });
  } catch (...) {
    stop();
    throw;
  }
}

Pool::~Pool() { stop(); }

void Pool::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closing_.store(true);
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

void Pool::run(void (*job)(void*, int), void* context) {
  if (threads_ == 1) return job(context, 0);
  job_ = job;
  context_ = context;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs_.fetch_add(1, std::memory_order_release);
  }
  wake_.notify_all();
  job(context, 0);
  meet();
}

void Pool::meet() {
  if (threads_ == 1) return;
  const unsigned meeting = meetings_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);
    meetings_.store(meeting + 1, std::memory_order_release);
    return;
  }
  for (int turn = 0; meetings_.load(std::memory_order_acquire) == meeting; turn++) wait_a_turn(turn);
}

void Pool::serve(int thread) {
  for (unsigned seen = 0; wait_for_job(seen); seen++) {
    job_(context_, thread);
    meet();
  }
}

bool Pool::wait_for_job(unsigned seen) {
  const auto began = std::chrono::steady_clock::now();
  for (int turn = 0; turn < kPauses || std::chrono::steady_clock::now() - began < kAwake; turn++) {
    if (jobs_.load(std::memory_order_acquire) != seen) return true;
    if (closing_.load(std::memory_order_relaxed)) return false;
    wait_a_turn(turn);
  }
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait(lock, [&] { return closing_.load() || jobs_.load() != seen; });
  return jobs_.load() != seen;
}

}  // namespace glassformer
