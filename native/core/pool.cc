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

Pool::~Pool() {
  job_ = nullptr;
  for (const auto& worker : workers_) call(*worker);
  for (const auto& worker : workers_) worker->thread.join();
}

void Pool::call(Worker& worker) {
  {
    const std::lock_guard<std::mutex> lock(worker.mutex);
    worker.jobs.fetch_add(1, std::memory_order_release);
  }
  worker.wake.notify_one();
}

void Pool::run(void (*job)(void*, int), void* context, int threads) {
  threads_ = threads;
  if (threads == 1) return job(context, 0);
  while (static_cast<int>(workers_.size()) < threads - 1) {
    auto worker = std::make_unique<Worker>();
    const int thread = static_cast<int>(workers_.size()) + 1;
    worker->thread = std::thread([this, &it = *worker, thread] { serve(it, thread); });
    workers_.push_back(std::move(worker));
  }
  job_ = job;
  context_ = context;
  for (int i = 0; i < threads - 1; i++) call(*workers_[i]);
  job(context, 0);
  meet();
}

void Pool::meet() {
  // Read before this thread has arrived: afterwards the job may end, and another one begin.
  const int threads = threads_;
  const unsigned meeting = meetings_.load(std::memory_order_relaxed);
  if (threads == 1) return;
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads) {
    arrived_.store(0, std::memory_order_relaxed);
    meetings_.store(meeting + 1, std::memory_order_release);
    return;
  }
  for (int turn = 0; meetings_.load(std::memory_order_acquire) == meeting; turn++) wait_a_turn(turn);
}

void Pool::serve(Worker& worker, int thread) {
  for (unsigned seen = 0;; seen++) {
    wait_for_job(worker, seen);
    if (!job_) return;
    job_(context_, thread);
    meet();
  }
}

void Pool::wait_for_job(Worker& worker, unsigned seen) {
  const auto come = [&] { return worker.jobs.load(std::memory_order_acquire) != seen; };
  const auto began = std::chrono::steady_clock::now();
  for (int turn = 0; turn < kPauses || std::chrono::steady_clock::now() - began < kAwake; turn++) {
    if (come()) return;
    wait_a_turn(turn);
  }
  std::unique_lock<std::mutex> lock(worker.mutex);
  worker.wake.wait(lock, come);
}

}  // namespace glassformer
