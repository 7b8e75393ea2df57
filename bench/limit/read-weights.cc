// What bandwidth allows at most: reads memory as weights are read, once a step, and does nothing else. A child of bench/limit.ts.
//   read THREADS BYTES PASSES [BYTES PASSES]…   makes buffers, each to be read so many times in one run
//   run RUNS                                    answers with the seconds of so many runs
#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <sstream>
#include <thread>
#include <vector>

namespace {

struct Buffer {
  const char* data;
  std::int64_t bytes;
  int passes;
};

constexpr std::int64_t kLine = 64;
constexpr std::int64_t kBlock = 8 * kLine;
using Line [[gnu::vector_size(64)]] = std::int64_t;

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

// Eight lines at a time, each into a sum of its own.
std::int64_t read(const char* data, std::int64_t bytes) {
  Line sums[8] = {};
  for (std::int64_t at = 0; at + kBlock <= bytes; at += kBlock)
    for (int i = 0; i < 8; i++) sums[i] ^= *reinterpret_cast<const Line*>(data + at + i * kLine);
  std::int64_t all = 0;
  for (const Line& sum : sums)
    for (int i = 0; i < 8; i++) all ^= sum[i];
  return all;
}

std::atomic<std::int64_t> sink;

// The part of one thread, of every buffer.
void read_part(const std::vector<Buffer>& buffers, int thread, int threads, int runs) {
  std::int64_t all = 0;
  for (int run = 0; run < runs; run++)
    for (const Buffer& buffer : buffers) {
      const std::int64_t part = buffer.bytes / threads / kBlock * kBlock;
      for (int pass = 0; pass < buffer.passes; pass++) all ^= read(buffer.data + thread * part, part);
    }
  sink ^= all;
}

}  // namespace

int main() {
  std::cout << "ready" << std::endl;
  std::vector<Buffer> buffers;
  int threads = 1;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "read") {
      for (const Buffer& buffer : buffers) munmap(const_cast<char*>(buffer.data), buffer.bytes);
      buffers.clear();
      words >> threads;
      std::int64_t bytes;
      for (int passes; words >> bytes >> passes;) buffers.push_back({allocate(bytes), bytes, passes});
      std::cout << "prepared" << std::endl;
    } else {
      int runs = 1;
      words >> runs;
      const auto began = std::chrono::steady_clock::now();
      std::vector<std::thread> others;
      for (int i = 1; i < threads; i++) others.emplace_back(read_part, std::cref(buffers), i, threads, runs);
      read_part(buffers, 0, threads, runs);
      for (std::thread& other : others) other.join();
      std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() << std::endl;
    }
  }
}
