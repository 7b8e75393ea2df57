// Memory that only grows, aligned to cache lines.
#pragma once
#include <cstddef>
#include <cstdlib>

#include "core/failure.h"

namespace glassformer {

constexpr std::size_t kLine = 64;

class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { std::free(data_); }

  // At least `bytes`; what was there before is lost. Grows by a quarter more than asked for, so that it soon stops.
  void* reserve(std::size_t bytes) {
    if (bytes <= size_) return data_;
    std::free(data_);
    size_ = 0;
    const std::size_t roomy = (bytes + bytes / 4 + kLine - 1) / kLine * kLine;
    data_ = std::aligned_alloc(kLine, roomy);
    if (!data_) throw Failure{"ERR_SHAPE", "there is no memory for " + std::to_string(roomy) + " bytes of tensors"};
    size_ = roomy;
    return data_;
  }

  void release() {
    std::free(data_);
    data_ = nullptr;
    size_ = 0;
  }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace glassformer
