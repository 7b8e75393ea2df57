// The threads of one player. The calling thread leads: it cuts work into parts, does the parts that no other thread takes, and does not
// wait for threads that have taken none. A thread that another process keeps from running therefore costs its help and no more. Parts that
// lie side by side are offered to the same thread first, which finds the results of the part before in its own caches.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/thread.h"

namespace glassformer {

// A part of some work, as a thread gets it.
struct Part {
  int number;
  int thread;  // the thread that does the part: 0 is the calling thread
};

class Pool {
 public:
  // `most` is the most threads that may be called.
  explicit Pool(int most);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Starts the missing threads, so that `threads` can be called, the calling thread among them. Returns the number that can be called now,
  // which is lower while some have not begun. Throws std::system_error if no thread can be started.
  int prepare(int threads);

  // Until the next call, the calling thread and `threads` − 1 prepared threads run the parts. Other threads sleep.
  void call(int threads);

  // The number of called threads.
  int called() const { return threads_; }

  // Calls work(context, part) for parts 0 to `parts` − 1, in any order and on any thread; the first parts are offered to the first thread,
  // and so on. Returns when all parts are done. `work` must not throw.
  void run(void (*work)(void* context, const Part& part), void* context, int parts);

  // A barrier, for work in as many parts as there are threads: no thread continues before all have arrived, and each sees the writes of
  // all others.
  void barrier();

  // The wake latency: nanoseconds from offering empty work to the other threads until it is known to be done, the least of the last
  // measurements. It depends on the caches that cores share, and virtual cores move from core to core.
  double wake_latency() const;

  // Measures the wake latency again if the last measurement is more than a millisecond old. Call it when the other threads have just
  // worked.
  void measure_wake_latency();

 private:
  using Clock = std::chrono::steady_clock;

  // Lets all threads take parts, except part 0, which is the calling thread's.
  void offer(void (*work)(void*, const Part&), void* context, int parts);
  // Takes the parts that no other thread has taken, and waits until all parts are done.
  void finish(int parts);

  void serve(Thread& helper, int thread);
  // Takes parts until there are no more, the thread's own first; returns how many.
  int take_parts(int thread);
  // Takes parts that `owner` is to take first; returns how many.
  int take_parts_of(int owner, int thread);
  // Whether there is a part to take.
  bool is_offered(int thread) const;
  void wake_helpers();

  std::vector<std::unique_ptr<Thread>> helpers_;  // the threads beside the calling thread
  int threads_ = 1;

  // The present work.
  void (*work_)(void*, const Part&) = nullptr;
  void* context_ = nullptr;
  // For each thread the parts that it is to take first, and the threads that may take them: see Ticket.
  std::vector<std::atomic<std::uint64_t>> tickets_;

  std::array<double, 4> wake_latencies_;
  std::size_t next_wake_latency_ = 0;
  Clock::time_point measured_;

  // These counters have cache lines of their own, because threads spin on them.
  alignas(64) std::atomic<int> done_{0};  // parts that helpers have done
  alignas(64) std::atomic<unsigned> barriers_{0};
  alignas(64) std::atomic<int> arrived_{0};
};

}  // namespace glassformer
