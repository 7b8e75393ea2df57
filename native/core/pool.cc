#include "core/pool.h"

#include <algorithm>

namespace glassformer {

namespace {

// How long a helper waits for work before it sleeps. While a batch is decoded, plays follow each other within 10 to 150
// µs, and a sleeping thread takes some 50 µs to wake.
constexpr std::chrono::microseconds kAwake(300);
// The time between measurements of the wake latency, its value in nanoseconds before the first measurement, and its
// largest value. A thread that takes longer is kept from running by other processes.
constexpr std::chrono::milliseconds kBetweenMeasurements(1);
constexpr double kUsualWakeLatency = 150;
constexpr double kLongestWakeLatency = 2000;

// Parts [next, end), which threads below `threads` may take. Their owner takes them from the beginning, other threads
// from the end. The fields are packed into one number, so that one exchange takes a part.
struct Ticket {
  int threads;
  int end;
  int next;
};

constexpr std::uint64_t kClosed = ~std::uint64_t{0};

std::uint64_t packed(const Ticket& t) {
  return static_cast<std::uint64_t>(t.threads) << 48 | static_cast<std::uint64_t>(t.end) << 24 |
         static_cast<std::uint64_t>(t.next);
}

Ticket unpacked(std::uint64_t ticket) {
  return {static_cast<int>(ticket >> 48), static_cast<int>(ticket >> 24 & 0xffffff), static_cast<int>(ticket & 0xffffff)};
}

bool offers(std::uint64_t ticket, int thread) {
  const Ticket t = unpacked(ticket);
  return ticket == kClosed || (thread < t.threads && t.next < t.end);
}

// Pauses at first, and later yields the core, which the awaited thread may need.
void wait_a_turn(int turn) {
  if (turn < kPauses) pause();
  else yield();
}

double nanoseconds(std::chrono::steady_clock::duration time) { return std::chrono::duration<double, std::nano>(time).count(); }

}  // namespace

Pool::Pool(int most) : tickets_(most) { wake_latencies_.fill(kUsualWakeLatency); }

Pool::~Pool() {
  for (auto& ticket : tickets_) ticket.store(kClosed);
  threads_ = static_cast<int>(helpers_.size()) + 1;
  wake_helpers();
  helpers_.clear();
}

int Pool::prepare(int threads) {
  helpers_.reserve(static_cast<std::size_t>(threads - 1));
  while (static_cast<int>(helpers_.size()) < threads - 1) {
    const auto serving = [](void* pool, Thread& helper, int thread) { static_cast<Pool*>(pool)->serve(helper, thread); };
    helpers_.push_back(std::make_unique<Thread>(serving, this, static_cast<int>(helpers_.size()) + 1));
  }
  int begun = 1;
  while (begun < threads && helpers_[begun - 1]->has_begun()) begun++;
  return begun;
}

void Pool::call(int threads) {
  threads_ = threads;
  wake_helpers();
}

void Pool::wake_helpers() {
  for (int i = 0; i < threads_ - 1; i++) helpers_[i]->wake();
}

void Pool::run(void (*work)(void*, const Part&), void* context, int parts) {
  if (threads_ == 1) {
    for (int part = 0; part < parts; part++) work(context, {part, 0});
    return;
  }
  offer(work, context, parts);
  work(context, {0, 0});
  finish(parts);
}

void Pool::offer(void (*work)(void*, const Part&), void* context, int parts) {
  work_ = work;
  context_ = context;
  // These stores and the stores of a helper that falls asleep have one order: either the helper sees the tickets, or
  // this thread sees that the helper sleeps.
  const auto first_of = [&](int thread) { return (parts * thread + threads_ - 1) / threads_; };
  for (int thread = threads_ - 1; thread > 0; thread--)
    tickets_[thread].store(packed({threads_, first_of(thread + 1), first_of(thread)}));
  tickets_[0].store(packed({threads_, first_of(1), 1}));
  wake_helpers();
}

void Pool::finish(int parts) {
  const int others = parts - 1 - take_parts(0);
  for (int turn = 0; done_.load(std::memory_order_acquire) != others; turn++) wait_a_turn(turn);
  done_.store(0, std::memory_order_relaxed);
}

double Pool::wake_latency() const { return *std::min_element(wake_latencies_.begin(), wake_latencies_.end()); }

void Pool::measure_wake_latency() {
  if (threads_ == 1) return;
  const auto began = Clock::now();
  if (began - measured_ < kBetweenMeasurements) return;
  measured_ = began;
  offer([](void*, const Part&) {}, nullptr, threads_);
  const auto passed = [&] { return nanoseconds(Clock::now() - began); };
  while (done_.load(std::memory_order_acquire) != threads_ - 1 && passed() < kLongestWakeLatency) pause();
  wake_latencies_[next_wake_latency_++ % wake_latencies_.size()] = passed();
  finish(threads_);
}

int Pool::take_parts(int thread) {
  int taken = take_parts_of(thread, thread);
  for (int owner = 0; owner < static_cast<int>(tickets_.size()); owner++)
    if (owner != thread) taken += take_parts_of(owner, thread);
  return taken;
}

int Pool::take_parts_of(int owner, int thread) {
  int taken = 0;
  std::uint64_t seen = tickets_[owner].load(std::memory_order_relaxed);
  while (seen != kClosed && offers(seen, thread)) {
    const Ticket t = unpacked(seen);
    const int part = owner == thread ? t.next : t.end - 1;
    const Ticket left = owner == thread ? Ticket{t.threads, t.end, t.next + 1} : Ticket{t.threads, t.end - 1, t.next};
    // If other work has begun with an equal ticket, the part is a part of that work.
    if (!tickets_[owner].compare_exchange_weak(seen, packed(left), std::memory_order_acquire, std::memory_order_relaxed)) continue;
    work_(context_, {part, thread});
    taken++;
    if (thread > 0) done_.fetch_add(1, std::memory_order_release);
    seen = tickets_[owner].load(std::memory_order_relaxed);
  }
  return taken;
}

bool Pool::is_offered(int thread) const {
  for (const auto& ticket : tickets_)
    if (offers(ticket.load(), thread)) return true;
  return false;
}

void Pool::serve(Thread& helper, int thread) {
  while (tickets_[thread].load(std::memory_order_relaxed) != kClosed) {
    const auto began = Clock::now();
    for (int turn = 0; take_parts(thread) == 0; turn++) {
      if (turn >= kPauses && Clock::now() - began > kAwake) {
        helper.sleep([&] { return is_offered(thread); });
        break;
      }
      wait_a_turn(turn);
    }
  }
}

void Pool::barrier() {
  // Read threads_ before arriving: afterwards this work may end and other work may begin.
  const int threads = threads_;
  if (threads == 1) return;
  const unsigned passed = barriers_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads) {
    arrived_.store(0, std::memory_order_relaxed);
    barriers_.store(passed + 1, std::memory_order_release);
    return;
  }
  for (int turn = 0; barriers_.load(std::memory_order_acquire) == passed; turn++) wait_a_turn(turn);
}

}  // namespace glassformer
