// The threads of one player. The calling thread leads: it cuts work into parts, does the parts that no other thread
// takes, and waits only for threads that have taken one. If another process keeps a thread from running, the play loses
// that thread's help and nothing else. Neighboring parts are offered to the same thread first, because its caches hold
// the results of the part before.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/thread.h"

namespace glassformer {

// A part of some work, for the thread that does it.
struct Part {
  int number;
  int thread;  // 0 is the calling thread
};

class Pool {
 public:
  // `most` is the largest number of threads that may be called.
  explicit Pool(int most);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Starts missing threads until `threads` can be called, the calling thread included. Returns the number that can be
  // called now, which is lower while some threads have not begun. Throws std::system_error if no thread can be started.
  int prepare(int threads);

  // Until the next call, the calling thread and `threads` − 1 prepared threads run the parts, and the other threads
  // sleep.
  void call(int threads);

  // The number of called threads.
  int called() const { return threads_; }

  // Calls work(context, part) for parts 0 to `parts` − 1, in any order and on any thread; the first parts are offered
  // to the first thread, and so on. Returns when all parts are done. `work` must not throw.
  void run(void (*work)(void* context, const Part& part), void* context, int parts);

  // A barrier, for work in as many parts as there are threads: no thread continues before all have arrived, and each
  // sees the writes of all others.
  void barrier();

  // The wake latency: nanoseconds from offering empty work to the other threads until this thread knows that it is
  // done, the least of the last measurements. It depends on which cores share caches, and virtual cores move from core
  // to core.
  double wake_latency() const;

  // Measures the wake latency again if the last measurement is more than a millisecond old. Call it when the other
  // threads have just worked.
  void measure_wake_latency();

 private:
  using Clock = std::chrono::steady_clock;

  // Lets all threads take parts, except part 0, which the calling thread does.
  void offer(void (*work)(void*, const Part&), void* context, int parts);
  // Takes the parts that no other thread has taken, and waits until all parts are done.
  void finish(int parts);

  void serve(Thread& helper, int thread);
  // Takes parts until there are no more, first those that this thread owns; returns how many it took.
  int take_parts(int thread);
  // Takes parts that `owner` owns; returns how many it took.
  int take_parts_of(int owner, int thread);
  // Whether there is a part that the thread may take.
  bool is_offered(int thread) const;
  void wake_helpers();

  std::vector<std::unique_ptr<Thread>> helpers_;  // all threads but the calling thread
  int threads_ = 1;

  // The work under way.
  void (*work_)(void*, const Part&) = nullptr;
  void* context_ = nullptr;
  // For each thread the parts that it owns, and the threads that may take them: see Ticket.
  std::vector<std::atomic<std::uint64_t>> tickets_;

  std::array<double, 4> wake_latencies_;
  std::size_t next_wake_latency_ = 0;
  Clock::time_point measured_;

  // Each of these counters has a cache line of its own, because threads spin on it.
  alignas(64) std::atomic<int> done_{0};  // parts that helpers have done
  alignas(64) std::atomic<unsigned> barriers_{0};
  alignas(64) std::atomic<int> arrived_{0};
};

}  // namespace glassformer
