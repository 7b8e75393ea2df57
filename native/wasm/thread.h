// A thread of WebAssembly: another instance over the same memory, which JavaScript starts on its own stack and with its
// own thread-local data.
#pragma once
#include <atomic>

namespace glassformer {

class Thread {
 public:
  // The start data of a thread. It outlives the Thread if JavaScript has not started the thread by then.
  struct Start;

  // Asks JavaScript to start run(context, *this, number). Fails with ERR_MEMORY if it cannot.
  Thread(void (*run)(void* context, Thread& self, int number), void* context, int number);
  // Waits for `run`, which must be about to return if it has begun.
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  // Whether the thread can take work. JavaScript starts threads when it can, perhaps not before the calling thread
  // rests.
  bool has_begun() const;

  // For the thread itself to call: sleeps until it is woken, unless is_needed().
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

// How often a waiting thread looks (about 20 µs) before it rests. WebAssembly has no instruction that pauses.
constexpr int kPauses = 10000;
inline void pause() {}

// Lets other threads use the core for a moment, if this thread may wait.
void yield();

}  // namespace glassformer
