// The threads of one player. The calling thread leads: it cuts work into parts, does those that nobody else takes, and waits for no
// thread that has taken none. So a thread that another process keeps from running costs its help and no more. Parts that lie side
// by side are offered to the same thread first, which finds in its own caches what it has made of the part before.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace glassformer {

// What a thread is told of a piece of work.
struct Part {
  int number;
  int thread;  // who does it: 0 is the calling thread
};

class Pool {
 public:
  // `most`: threads that may be called.
  explicit Pool(int most);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Until the next call, parts fall to the calling thread and `threads` − 1 others. These are made when they are needed first, and
  // sleep while they are not: throws std::system_error where there can be no more.
  void call(int threads);

  // work(context, part) for parts 0 to `parts` − 1, in any order on any thread, but rather the first ones on the first thread, and
  // so on; returns when all are done. It must not throw.
  void run(void (*work)(void* context, const Part& part), void* context, int parts);

  // For work in as many parts as there are threads: none goes on before all have come, and all see what the others wrote.
  void barrier();

  // Nanoseconds from handing work to the other threads until it is known to be done, if it takes no time: the least of the last
  // measurements. It depends on what the cores have in common, and virtual ones move from core to core.
  double wake_latency() const;

  // Measures that again where it has been done more than a millisecond ago. For a moment when the others have just worked.
  void measure_wake_latency();

 private:
  using Clock = std::chrono::steady_clock;

  // A thread beside the calling one.
  struct Helper {
    std::atomic<bool> asleep{false};
    std::mutex mutex;
    std::condition_variable wake;
    std::thread thread;
  };

  // Lets all threads take parts, but for part 0, which is the calling thread's.
  void offer(void (*work)(void*, const Part&), void* context, int parts);
  // Takes those that nobody has taken, and waits until all are done.
  void finish(int parts);

  void serve(Helper& helper, int thread);
  // Takes parts until there are no more, its own first, and tells how many.
  int take_parts(int thread);
  // Of those that `owner` is to take first.
  int take_parts_of(int owner, int thread);
  // Whether there is a part to take.
  bool is_offered(int thread) const;
  // Sleeps until it is woken, unless a part is offered.
  void sleep(Helper& helper, int thread);
  void wake_helpers();

  std::vector<std::unique_ptr<Helper>> helpers_;
  int threads_ = 1;

  // The present work.
  void (*work_)(void*, const Part&) = nullptr;
  void* context_ = nullptr;
  // For each thread the parts that it is to take first, and who may take them: see Ticket.
  std::vector<std::atomic<std::uint64_t>> tickets_;

  std::array<double, 4> wake_latencies_;
  std::size_t next_wake_latency_ = 0;
  Clock::time_point measured_;

  // On lines of their own: threads spin on them.
  alignas(64) std::atomic<int> done_{0};  // by helpers
  alignas(64) std::atomic<unsigned> barriers_{0};
  alignas(64) std::atomic<int> arrived_{0};
};

}  // namespace glassformer
