// The threads of one player. A job runs on some of them at once; inside it these meet at barriers.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace glassformer {

class Pool {
 public:
  Pool() = default;
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // job(context, thread) on `threads` of them, the calling one being 0; returns when all are done. A job must not throw. Threads are
  // made when they are needed first, and sleep while they are not: throws std::system_error where there can be no more.
  void run(void (*job)(void* context, int thread), void* context, int threads);

  // Called by every thread of a job: none goes on before all have come, and all see what the others wrote.
  void meet();

 private:
  // A thread beside the calling one, and how it is told that there is a job.
  struct Worker {
    alignas(64) std::atomic<unsigned> jobs{0};  // on a line of its own: the thread spins on it
    std::mutex mutex;
    std::condition_variable wake;
    std::thread thread;
  };

  void serve(Worker& worker, int thread);
  // Waits for a job after the `seen`-th.
  static void wait_for_job(Worker& worker, unsigned seen);
  static void call(Worker& worker);

  std::vector<std::unique_ptr<Worker>> workers_;
  void (*job_)(void*, int) = nullptr;  // null for the last one: the pool is closing
  void* context_ = nullptr;
  int threads_ = 1;  // of the present job

  // On lines of their own: threads spin on them.
  alignas(64) std::atomic<unsigned> meetings_{0};
  alignas(64) std::atomic<int> arrived_{0};
};

}  // namespace glassformer
