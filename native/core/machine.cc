#include "core/machine.h"

#include <cstdint>
#include <thread>

#if defined(_WIN32)
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <unistd.h>
#endif
#ifdef __linux__
#include <sched.h>
#endif

#include "core/failure.h"
#include "core/processor.h"

namespace glassformer {

namespace {

#if defined(__x86_64__)
// Adds AVX-512, and AVX-512 with the extensions that multiply int8 and bfloat16. All use the same kernels, which are
// told the extensions that they may use.
void add_avx512(std::vector<InstructionSet>& found) {
  found.push_back({"avx512", &kernels_avx512, {}});
  if (!has_avx512_vnni()) return;
  found.push_back({"avx512vnni", &kernels_avx512, {true}});
  if (!has_avx512_bf16()) return;
  found.push_back({"avx512bf16", &kernels_avx512, {true, true}});
  if (has_amx()) found.push_back({"amx", &kernels_avx512, {true, true, true}});
}
#endif

std::vector<InstructionSet> find_instruction_sets() {
  std::vector<InstructionSet> found = {{"scalar", &kernels_scalar, {}}};
#if defined(__x86_64__)
  const bool avx2 = has_avx2();
  if (avx2) found.push_back({"avx2", &kernels_avx2, {}});
  if (avx2 && has_avx_vnni()) found.push_back({"avxvnni", &kernels_avx2, {true}});
  if (avx2 && has_avx512()) add_avx512(found);
#elif defined(__aarch64__)
  found.push_back({"neon", &kernels_neon, {}});
  if (has_dot_products()) found.push_back({"neondot", &kernels_neon, {true}});
#endif
  return found;
}

}  // namespace

Precision bfloat16_precision(const InstructionSet& set) {
  if (set.cpu.amx) return kBfloat16Amx;
  return set.cpu.bfloat16 ? kBfloat16Pairs : kFloat32;
}

const std::vector<InstructionSet>& instruction_sets() {
  static const std::vector<InstructionSet> sets = find_instruction_sets();
  return sets;
}

const InstructionSet& choose_instruction_set(const std::string& name) {
  if (name.empty()) return instruction_sets().back();
  std::string names;
  for (const InstructionSet& set : instruction_sets()) {
    if (name == set.name) return set;
    names += (names.empty() ? "" : ", ") + std::string(set.name);
  }
  fail("ERR_OPTION", "instruction set '" + name + "' is not available here; there are: " + names);
}

int usable_cores() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#elif defined(_WIN32)
  DWORD_PTR ours = 0;
  DWORD_PTR all = 0;
  // The mask is 0 where the process runs in several groups of processors.
  if (GetProcessAffinityMask(GetCurrentProcess(), &ours, &all) && ours) return __builtin_popcountll(ours);
#endif
  const unsigned cores = std::thread::hardware_concurrency();
  return cores ? static_cast<int>(cores) : 1;
}

namespace {

std::size_t find_memory() {
#if defined(_WIN32)
  MEMORYSTATUSEX status = {};
  status.dwLength = sizeof status;
  return GlobalMemoryStatusEx(&status) ? static_cast<std::size_t>(status.ullTotalPhys) : SIZE_MAX;
#else
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page) : SIZE_MAX;
#endif
}

}  // namespace

std::size_t machine_memory() {
  static const std::size_t bytes = find_memory();
  return bytes;
}

}  // namespace glassformer
