#include "core/machine.h"

#include <cstdint>
#include <thread>

#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

#include "core/failure.h"

namespace glassformer {

namespace {

std::vector<InstructionSet> find_instruction_sets() {
  std::vector<InstructionSet> found = {{"scalar", &kernels_scalar}};
#if defined(__x86_64__)
  // These ask for the processor and for the operating system, which must save the wider registers.
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2) found.push_back({"avx2", &kernels_avx2});
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    found.push_back({"avx512", &kernels_avx512});
#endif
  return found;
}

}  // namespace

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
  throw Failure{"ERR_OPTION", "instruction set '" + name + "' is not available here; there are: " + names};
}

int usable_cores() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
  const unsigned cores = std::thread::hardware_concurrency();
  return cores ? static_cast<int>(cores) : 1;
}

std::size_t machine_memory() {
  static const std::size_t bytes = [] {
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page) : SIZE_MAX;
  }();
  return bytes;
}

}  // namespace glassformer
