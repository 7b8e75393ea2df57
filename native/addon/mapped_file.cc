#include "addon/mapped_file.h"

#ifndef _WIN32
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "addon/guarded.h"
#include "addon/spec_reader.h"
#include "core/failure.h"
#include "core/machine.h"
#include "core/memory.h"

namespace glassformer {

namespace {

#ifndef _WIN32

// A part of a file: device, inode, and where the part begins and how long it is. A new file under the same name is
// another file.
using Part = std::tuple<dev_t, ino_t, std::uint64_t, std::uint64_t>;

// A part of a file in memory, and the number of array buffers that use it.
struct Mapping {
  void* data;
  std::string path;
  std::int64_t buffers;
};

// The mappings of this process. Threads that map the same part share one mapping, which /proc then counts once.
struct Mappings {
  std::mutex mutex;
  std::map<Part, Mapping> all;
};
Mappings& mappings() {
  static Mappings* const all = new Mappings;  // never deleted, so that it outlives all threads
  return *all;
}

// Closes a file at the end of its scope.
struct File {
  int descriptor;
  explicit File(const std::string& path) : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (descriptor >= 0) close(descriptor);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

// Maps part of a file. Pages that a process writes to become its own copies; nobody writes to them.
void* map_part(int descriptor, std::uint64_t offset, std::uint64_t bytes) {
  int flags = MAP_PRIVATE;
#ifdef MAP_NORESERVE
  flags |= MAP_NORESERVE;
#endif
  // A mapping that begins where a huge page may begin gets huge pages, if the system's cache holds the file in huge
  // pages.
  void* const room = mmap(nullptr, bytes + kHugePage, PROT_NONE, flags | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return nullptr;
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(room);
  const std::uintptr_t at = (begin + kHugePage - 1) / kHugePage * kHugePage;
  void* const data = mmap(reinterpret_cast<void*>(at), bytes, PROT_READ | PROT_WRITE, flags | MAP_FIXED, descriptor, static_cast<off_t>(offset));
  if (data == MAP_FAILED) {
    munmap(room, bytes + kHugePage);
    return nullptr;
  }
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const std::uintptr_t end = (at + bytes + page - 1) / page * page;
  if (at > begin) munmap(room, at - begin);
  if (end < begin + bytes + kHugePage) munmap(reinterpret_cast<void*>(end), begin + bytes + kHugePage - end);
  prepare_huge_pages(data, bytes);
  return data;
}

void release(const Part& part) {
  const std::lock_guard<std::mutex> lock(mappings().mutex);
  const auto found = mappings().all.find(part);
  if (found == mappings().all.end() || --found->second.buffers > 0) return;
  munmap(found->second.data, std::get<3>(part));
  mappings().all.erase(found);
}

// A part that is mapped already, of a file that has since been removed.
void* mapped_before(const std::string& path, std::uint64_t offset, std::uint64_t bytes, Part& part) {
  const std::lock_guard<std::mutex> lock(mappings().mutex);
  for (auto& [known, mapping] : mappings().all) {
    if (mapping.path != path || std::get<2>(known) != offset || std::get<3>(known) != bytes) continue;
    part = known;
    mapping.buffers++;
    return mapping.data;
  }
  return nullptr;
}

// The part in memory; null where the system cannot map it, or where the file is shorter.
void* mapped(const std::string& path, std::uint64_t offset, std::uint64_t bytes, Part& part) {
  const File file(path);
  struct stat status;
  if (file.descriptor < 0) return mapped_before(path, offset, bytes, part);
  if (fstat(file.descriptor, &status) != 0) return nullptr;
  if (static_cast<std::uint64_t>(status.st_size) < offset + bytes) return nullptr;
  part = {status.st_dev, status.st_ino, offset, bytes};
  const std::lock_guard<std::mutex> lock(mappings().mutex);
  const auto found = mappings().all.find(part);
  if (found != mappings().all.end()) {
    found->second.buffers++;
    return found->second.data;
  }
  void* const data = map_part(file.descriptor, offset, bytes);
  if (data) mappings().all[part] = {data, path, 1};
  return data;
}

#endif

std::uint64_t read_bytes(const Napi::Value& value, const char* what) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  expect(number >= 0 && number <= 9007199254740991.0 && std::floor(number) == number, what);
  return static_cast<std::uint64_t>(number);
}

// A checksum. Each word changes one of eight sums by a function that no other word can undo, and the sums are mixed at
// the end. Computing takes less time than reading the memory.
std::uint64_t sum_of(const char* data, std::size_t bytes) {
  constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15;
  std::uint64_t sums[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  std::size_t at = 0;
  for (; at + sizeof sums <= bytes; at += sizeof sums) {
    std::uint64_t words[8];
    std::memcpy(words, data + at, sizeof words);
    for (int i = 0; i < 8; i++) {
      sums[i] = (sums[i] ^ words[i]) * kPrime;
      sums[i] ^= sums[i] >> 29;
    }
  }
  std::uint64_t all = bytes;
  for (; at < bytes; at++) all = (all ^ static_cast<std::uint8_t>(data[at])) * kPrime;
  for (const std::uint64_t sum : sums) all = ((all ^ sum) * kPrime) ^ (all >> 31);
  return all;
}

// The checksums of parts of this many bytes are computed on several threads.
constexpr std::size_t kPart = std::size_t{32} << 20;

std::uint64_t checksum(const char* data, std::size_t bytes) {
  std::vector<std::uint64_t> sums((bytes + kPart - 1) / kPart);
  const auto threads = std::clamp<std::size_t>(static_cast<std::size_t>(usable_cores()), 1, 4);
  const auto work = [&](std::size_t thread) {
    for (std::size_t i = thread; i < sums.size(); i += threads) sums[i] = sum_of(data + i * kPart, std::min(kPart, bytes - i * kPart));
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min(threads, sums.size()); i++) {
    try {
      others.emplace_back(work, i);
    } catch (const std::system_error&) {
      work(i);
    }
  }
  work(0);
  for (std::thread& thread : others) thread.join();
  return sum_of(reinterpret_cast<const char*>(sums.data()), sums.size() * sizeof(std::uint64_t));
}

}  // namespace

Napi::Value map_file_call(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Env env = info.Env();
    expect(info[0].IsString(), "the path of a file must be a string");
    const std::uint64_t offset = read_bytes(info[1], "offset must be a number of bytes");
    const std::uint64_t bytes = read_bytes(info[2], "bytes must be a number of bytes");
    expect(bytes > 0 && offset % kHugePage == 0, "a mapping begins at a huge page, and is not empty");
#ifdef _WIN32
    return env.Null();
#else
    Part part;
    void* const data = mapped(info[0].As<Napi::String>().Utf8Value(), offset, bytes, part);
    if (!data) return env.Null();
    napi_value buffer;
    const auto finalize = [](napi_env, void*, void* hint) {
      const auto* const shown = static_cast<Part*>(hint);
      release(*shown);
      delete shown;
    };
    auto* const hint = new Part(part);
    if (napi_create_external_arraybuffer(env, data, bytes, finalize, hint, &buffer) == napi_ok) return Napi::Value(env, buffer);
    // A JavaScript engine that keeps its memory in a cage cannot use memory from elsewhere.
    delete hint;
    release(part);
    return env.Null();
#endif
  });
}

Napi::Value forget_call(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::optional<Elements> values = elements_of(info.Env(), info[0]);
    expect(values && values->type == napi_float32_array, "values must be a Float32Array");
#ifdef __linux__
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto data = reinterpret_cast<std::uintptr_t>(values->data);
    const std::uintptr_t begin = (data + page - 1) / page * page;
    const std::uintptr_t end = (data + sizeof(float) * values->length) / page * page;
    if (begin < end) static_cast<void>(madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED));
#endif
    return info.Env().Undefined();
  });
}

Napi::Value checksum_call(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::optional<Elements> values = elements_of(info.Env(), info[0]);
    expect(values && values->type == napi_float32_array, "values must be a Float32Array");
    char digits[17];
    const std::uint64_t sum = checksum(static_cast<const char*>(values->data), sizeof(float) * values->length);
    static_cast<void>(std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(sum)));
    return Napi::String::New(info.Env(), digits);
  });
}

}  // namespace glassformer
