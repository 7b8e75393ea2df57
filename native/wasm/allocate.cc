// The memory of all instances. The C library's allocator knows no threads, so that instances take turns.
#include <atomic>
#include <cstdlib>
#include <new>

#include "core/failure.h"
#include "core/machine.h"
#include "core/memory.h"

namespace glassformer {

namespace {

std::atomic<int> taken{0};

// A turn spins, because allocating takes less time than sleeping and waking.
class Turn {
 public:
  Turn() {
    while (taken.exchange(1)) {
    }
  }
  ~Turn() { taken.store(0); }
};

}  // namespace

void* allocate_aligned(std::size_t step, std::size_t bytes) {
  const Turn turn;
  return std::aligned_alloc(step, (bytes + step - 1) / step * step);
}

void free_aligned(void* data) {
  const Turn turn;
  std::free(data);
}

// The memory that 32-bit addresses reach.
std::size_t machine_memory() { return SIZE_MAX; }

}  // namespace glassformer

void* operator new(std::size_t bytes) {
  void* memory = glassformer::allocate_aligned(alignof(std::max_align_t), bytes);
  if (!memory) glassformer::refuse_size("there is no memory for what a program needs beside its tensors: fewer workers take less");
  return memory;
}
void* operator new[](std::size_t bytes) { return operator new(bytes); }
void operator delete(void* data) noexcept { glassformer::free_aligned(data); }
void operator delete[](void* data) noexcept { glassformer::free_aligned(data); }
void operator delete(void* data, std::size_t) noexcept { glassformer::free_aligned(data); }
void operator delete[](void* data, std::size_t) noexcept { glassformer::free_aligned(data); }
