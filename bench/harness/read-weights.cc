// Upper limit by memory bandwidth: reads memory as weights are read, once a step, and does nothing else. A child of bench/limit.ts.
//   read THREADS BYTES PASSES [BYTES PASSES]…   makes buffers, each to be read so many times in one run; finds the fastest way
//   run RUNS                                    answers with the seconds of so many runs
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <limits>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Buffer {
  const char* data;
  std::int64_t bytes;
  int passes;
};

// As wide as the machine's registers: a compiler keeps wider ones in memory.
using Register [[gnu::vector_size(__BIGGEST_ALIGNMENT__)]] = std::int64_t;
constexpr std::int64_t kWidth = sizeof(Register);
constexpr int kSums = 8;
constexpr std::int64_t kBlock = kSums * kWidth;

// Large pages: the limit is the machine's, not that of its address translation.
char* allocate(std::int64_t bytes) {
  constexpr std::int64_t page = 2 << 20;
  const std::int64_t size = (bytes + page - 1) / page * page;
  void* data = mmap(nullptr, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* aligned = reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(data) + page - 1) / page * page);
  madvise(aligned, size, MADV_HUGEPAGE);
  std::memset(aligned, 1, size);
  return aligned;
}

// Bytes of whole blocks, in so many streams side by side; each register of a block goes into a sum of its own.
template <int streams>
std::int64_t read(const char* data, std::int64_t bytes) {
  constexpr int share = kSums / streams;
  const std::int64_t part = bytes / streams;
  Register sums[kSums] = {};
  for (std::int64_t at = 0; at < part; at += share * kWidth)
    for (int i = 0; i < kSums; i++)
      sums[i] ^= *reinterpret_cast<const Register*>(data + i / share * part + at + i % share * kWidth);
  std::int64_t all = 0;
  for (const Register& sum : sums)
    for (std::size_t i = 0; i < kWidth / sizeof all; i++) all ^= sum[i];
  return all;
}

// One core may get more from memory in several streams than in one: that depends on the processor.
using Read = std::int64_t (*)(const char*, std::int64_t);
constexpr Read kReads[] = {read<1>, read<4>};

std::atomic<std::int64_t> sink;

struct Work {
  std::vector<Buffer> buffers;
  int threads = 1;
  Read read = kReads[0];
};

// The part of one thread, of every buffer.
void read_part(const Work& work, int thread, int runs) {
  std::int64_t all = 0;
  for (int run = 0; run < runs; run++)
    for (const Buffer& buffer : work.buffers) {
      const std::int64_t part = buffer.bytes / work.threads / kBlock * kBlock;
      for (int pass = 0; pass < buffer.passes; pass++) {
        all ^= work.read(buffer.data + thread * part, part);
        // Memory may have changed, as far as the compiler knows: otherwise it reads once for all passes.
        asm volatile("" ::: "memory");
      }
    }
  sink ^= all;
}

double seconds(const Work& work, int runs) {
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> others;
  for (int i = 1; i < work.threads; i++) others.emplace_back(read_part, std::cref(work), i, runs);
  read_part(work, 0, runs);
  for (std::thread& other : others) other.join();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// Which way takes the least time for a run, in turns of kTurn seconds, or of one run where that is longer.
Read fastest(Work work) {
  constexpr double kTurn = 0.005;
  seconds(work, 1);
  const int runs = std::max(1, static_cast<int>(kTurn / seconds(work, 1)));
  Read best = kReads[0];
  double least = std::numeric_limits<double>::infinity();
  for (int turn = 0; turn < 3; turn++)
    for (const Read read : kReads) {
      work.read = read;
      const double took = seconds(work, runs);
      if (took < least) best = read;
      least = std::min(least, took);
    }
  return best;
}

}  // namespace

int main() {
  std::cout << "ready" << std::endl;
  Work work;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "read") {
      for (const Buffer& buffer : work.buffers) munmap(const_cast<char*>(buffer.data), buffer.bytes);
      work.buffers.clear();
      words >> work.threads;
      std::int64_t bytes;
      for (int passes; words >> bytes >> passes;) work.buffers.push_back({allocate(bytes), bytes, passes});
      work.read = fastest(work);
      std::cout << "prepared" << std::endl;
    } else {
      int runs = 1;
      words >> runs;
      std::cout << seconds(work, runs) << std::endl;
    }
  }
}
