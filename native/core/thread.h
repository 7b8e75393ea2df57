// A thread of a pool that helps the calling thread, and how a thread waits.
#pragma once

#ifdef __wasm__
#include "wasm/thread.h"
#else

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace glassformer {

class Thread {
 public:
  // Begins run(context, *this, number). Throws std::system_error where no more threads can be made.
  Thread(void (*run)(void* context, Thread& self, int number), void* context, int number)
      : thread_([this, run, context, number] { run(context, *this, number); }) {}
  // Waits for `run`, which must be about to return.
  ~Thread() { thread_.join(); }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  // Whether the thread can take work. A thread of WebAssembly begins later, when JavaScript has started it.
  static bool has_begun() { return true; }

  // For the thread itself to call: sleeps until it is woken, unless is_needed().
  template <class IsNeeded>
  void sleep(IsNeeded is_needed) {
    std::unique_lock<std::mutex> lock(mutex_);
    asleep_.store(true);
    if (is_needed()) return asleep_.store(false);
    awake_.wait(lock, [&] { return !asleep_.load(); });
  }

  void wake() {
    if (!asleep_.load()) return;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      asleep_.store(false);
    }
    awake_.notify_one();
  }

 private:
  std::atomic<bool> asleep_{false};
  std::mutex mutex_;
  std::condition_variable awake_;
  std::thread thread_;  // the last member, because the thread uses the others
};

// How often a waiting thread pauses (about 10 µs) before it yields its core.
constexpr int kPauses = 500;

inline void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

inline void yield() { std::this_thread::yield(); }

}  // namespace glassformer

#endif
