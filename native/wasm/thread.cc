#include "wasm/thread.h"

#include <cstddef>
#include <cstdint>
#include <new>

#include "core/failure.h"
#include "core/memory.h"
#include "wasm/javascript.h"

namespace glassformer {

namespace {

// The stack size of each thread. Kernels have no large arrays.
constexpr std::size_t kStack = 256 * 1024;

// kUnable: JavaScript could not start the thread. kCanceled: the thread is not wanted any more and must not begin.
enum State : int { kStarting, kRunning, kLeft, kUnable, kCanceled };

std::size_t in_lines(std::size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

}  // namespace

struct Thread::Start {
  std::atomic<int> state{kStarting};
  void (*run)(void* context, Thread& self, int number);
  void* context;
  Thread* thread;
  int number;
};

// One allocation holds the Start, thread-local data, and the stack, which grows down toward them.
Thread::Thread(void (*run)(void* context, Thread& self, int number), void* context, int number) {
  const std::size_t local = in_lines(sizeof(Start));
  const std::size_t stack = in_lines(local + __builtin_wasm_tls_size());
  auto* memory = static_cast<char*>(allocate_aligned(kLine, stack + kStack));
  if (!memory) refuse_size("there is no memory for the stack of a thread: fewer threads need less");
  start_ = new (memory) Start{{kStarting}, run, context, this, number};
  if (javascript_start_thread(start_, memory + stack + kStack, memory + local)) return;
  free_aligned(memory);
  refuse_size("no thread could be made: fewer workers or threads need fewer");
}

Thread::~Thread() {
  int state = kStarting;
  // JavaScript is still starting this thread. It releases the memory when the thread has ended.
  if (start_->state.compare_exchange_strong(state, kCanceled)) return;
  for (int turn = 0; start_->state.load() == kRunning; turn++)
    if (turn > kPauses) yield();
  javascript_forget_thread(start_);
  free_aligned(start_);
}

bool Thread::has_begun() const { return start_->state.load() == kRunning; }

void Thread::wait() { __builtin_wasm_memory_atomic_wait32(reinterpret_cast<int*>(&asleep_), 1, -1); }

void Thread::wake() {
  if (!asleep_.load()) return;
  asleep_.store(0);
  __builtin_wasm_memory_atomic_notify(reinterpret_cast<int*>(&asleep_), 1);
}

void yield() { javascript_rest(); }

// Runs on the new thread, with its stack and thread-local data in place. After the last store another thread may free
// that memory.
EXPORT_TO_JAVASCRIPT(run_thread) void run_thread(Thread::Start* start) {
  int state = kStarting;
  if (!start->state.compare_exchange_strong(state, kRunning)) return;
  start->run(start->context, *start->thread, start->number);
  start->state.store(kLeft);
}

// JavaScript calls this where a thread that it has started, and was not told to forget, has ended: before it began, or
// by a fault.
EXPORT_TO_JAVASCRIPT(end_thread) void end_thread(Thread::Start* start) {
  int state = kStarting;
  if (start->state.compare_exchange_strong(state, kUnable)) return;
  if (state == kCanceled) free_aligned(start);
  else start->state.store(kLeft);
}

}  // namespace glassformer
