// Memory that only grows, aligned to cache lines.
#pragma once
#include <cstddef>
#include <cstdlib>

#include "core/failure.h"
#include "core/machine.h"

namespace glassformer {

constexpr std::size_t kLine = 64;

class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { std::free(data_); }

  // At least `bytes`; what was there before is lost. Grows by a quarter more than asked for, so that it soon stops. Throws
  // ERR_SHAPE where there is no such memory.
  void* reserve(std::size_t bytes) {
    if (bytes <= size_) return data_;
    const std::size_t roomy = (bytes + bytes / 4 + kLine - 1) / kLine * kLine;
    // A system that promises more than it has would kill the process when the memory is used.
    if (roomy > machine_memory()) refuse_size(roomy);
    std::free(data_);
    size_ = 0;
    data_ = std::aligned_alloc(kLine, roomy);
    if (!data_) refuse_size(roomy);
    size_ = roomy;
    return data_;
  }

  void release() {
    std::free(data_);
    data_ = nullptr;
    size_ = 0;
  }

 private:
  [[noreturn]] static void refuse_size(std::size_t bytes) {
    refuse("there is no memory for " + std::to_string(bytes) + " bytes of tensors");
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace glassformer
