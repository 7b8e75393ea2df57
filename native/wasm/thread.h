// A thread of WebAssembly: JavaScript starts another instance over the same memory, on a stack and with thread-local data of its own.
#pragma once
#include <atomic>

namespace glassformer {

class Thread {
 public:
  // The start data of the thread. It outlives the Thread where JavaScript has not started the thread by then.
  struct Start;

  // Asks JavaScript to start run(context, *this, number). Fails with ERR_MEMORY where it cannot.
  Thread(void (*run)(void* context, Thread& self, int number), void* context, int number);
  // `run` must be about to return, if it has begun.
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  // Whether it takes work. JavaScript starts threads as it can, perhaps not before the calling thread rests.
  bool has_begun() const;

  // To be called by the thread itself: sleeps until it is woken, unless is_needed().
  template <class IsNeeded>
  void sleep(IsNeeded is_needed) {
    asleep_.store(1);
    if (is_needed()) return asleep_.store(0);
    while (asleep_.load()) wait();
  }
  void wake();

 private:
  void wait();

  std::atomic<int> asleep_{0};
  Start* start_;
};

// The number of times, about 20 µs, that a waiting thread looks before it rests. There is no instruction that pauses.
constexpr int kPauses = 10000;
inline void pause() {}

// Leaves the core to others for a moment, if the thread may wait.
void yield();

}  // namespace glassformer
