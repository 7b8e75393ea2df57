// Memory that only grows, aligned to cache lines.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#ifdef __linux__
#include <sys/mman.h>
#endif
#ifdef _WIN32
#include <malloc.h>
#endif
#ifdef __SANITIZE_ADDRESS__
#include <algorithm>

#include <sanitizer/asan_interface.h>
#endif

#include "core/failure.h"
#include "core/machine.h"

namespace glassformer {

constexpr std::size_t kLine = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
#ifdef __wasm__
constexpr bool kHasHugePages = false;
#else
constexpr bool kHasHugePages = true;
#endif
// MADV_COLLAPSE of Linux 6.1, which the headers of older systems lack.
constexpr int kCollapse = 25;

#ifdef __linux__
// Gives advice on the huge pages that lie entirely in [data, data + bytes). The system may ignore it.
inline void advise_huge_pages(const void* data, std::size_t bytes, int advice) {
  const auto at = reinterpret_cast<std::uintptr_t>(data);
  const std::uintptr_t begin = (at + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t end = (at + bytes) / kHugePage * kHugePage;
  if (begin < end) static_cast<void>(madvise(reinterpret_cast<void*>(begin), end - begin, advice));
}

// Asks for huge pages under existing data, because ordinary pages would be too many for the processor's table of pages
// (TLB).
inline void use_huge_pages(const void* data, std::size_t bytes) { advise_huge_pages(data, bytes, kCollapse); }
// Asks for huge pages under memory that has not been written yet, so that the system does not have to move anything.
inline void prepare_huge_pages(const void* data, std::size_t bytes) { advise_huge_pages(data, bytes, MADV_HUGEPAGE); }
#else
inline void use_huge_pages(const void*, std::size_t) {}
inline void prepare_huge_pages(const void*, std::size_t) {}
#endif

#if defined(__wasm__)
// wasm/allocate.cc: the threads share one memory and allocate in turn.
void* allocate_aligned(std::size_t step, std::size_t bytes);
void free_aligned(void* data);
#elif defined(_WIN32)
inline void* allocate_aligned(std::size_t step, std::size_t bytes) { return _aligned_malloc(bytes, step); }
inline void free_aligned(void* data) { _aligned_free(data); }
#else
inline void* allocate_aligned(std::size_t step, std::size_t bytes) { return std::aligned_alloc(step, bytes); }
inline void free_aligned(void* data) { std::free(data); }
#endif

class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { free_aligned(data_); }

  // Returns at least `bytes` bytes; the previous contents are lost. The memory grows by a quarter more than requested,
  // so that it grows rarely. Throws ERR_MEMORY if the machine has not that much.
  void* reserve(std::uint64_t bytes) {
    if (bytes > size_) grow(bytes);
    fence(static_cast<std::size_t>(bytes));
    return data_;
  }

 private:
  void grow(std::uint64_t bytes) {
    const std::uint64_t wanted = bytes + bytes / 4;
    const std::size_t step = wanted < 2 * kHugePage || !kHasHugePages ? kLine : kHugePage;
    const std::uint64_t roomy = (wanted + step - 1) / step * step;
    // A system that promises more memory than it has would kill the process when the memory is written.
    if (roomy > machine_memory()) refuse_bytes(roomy);
    free_aligned(data_);
    size_ = 0;
    data_ = allocate_aligned(step, static_cast<std::size_t>(roomy));
    if (!data_) refuse_bytes(roomy);
    if (step == kHugePage) prepare_huge_pages(data_, roomy);
    size_ = static_cast<std::size_t>(roomy);
  }

#ifdef __SANITIZE_ADDRESS__
  // The sanitizer ends the process where code touches one of the kFence bytes that follow the requested ones. Poisoning
  // the whole allocation would take as long as filling it.
  void fence(std::size_t bytes) {
    constexpr std::size_t kFence = 64 * 1024;
    const auto after = [&] { return used_ < size_ ? std::min(kFence, size_ - used_) : 0; };
    ASAN_UNPOISON_MEMORY_REGION(static_cast<char*>(data_) + used_, after());
    used_ = bytes;
    ASAN_POISON_MEMORY_REGION(static_cast<char*>(data_) + used_, after());
  }
  std::size_t used_ = 0;
#else
  void fence(std::size_t) {}
#endif

  [[noreturn]] static void refuse_bytes(std::uint64_t bytes) {
    refuse_size("there is no memory for " + std::to_string(bytes) +
                " bytes of tensors: fewer workers, beams or batchTokens, or weights in int8, take less");
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace glassformer
