// The threads of one player. A job runs on all of them at once; inside it they meet at barriers.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace glassformer {

class Pool {
 public:
  // `threads` with the calling one; threads − 1 are created.
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const { return threads_; }

  // job(context, thread) on every thread, the calling one being 0; returns when all are done. A job must not throw.
  void run(void (*job)(void* context, int thread), void* context);

  // Called by every thread of a job: none goes on before all have come, and all see what the others wrote.
  void meet();

 private:
  void serve(int thread);
  // Joins the threads there are.
  void stop();
  // Waits for a job after the `seen`-th; false: the pool is closing.
  bool wait_for_job(unsigned seen);

  const int threads_;
  std::vector<std::thread> workers_;
  void (*job_)(void*, int) = nullptr;
  void* context_ = nullptr;

  // On lines of their own: threads spin on them.
  alignas(64) std::atomic<unsigned> jobs_{0};
  alignas(64) std::atomic<unsigned> meetings_{0};
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<bool> closing_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace glassformer
