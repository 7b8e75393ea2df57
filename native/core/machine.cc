#include "core/machine.h"

#include <cstdint>
#include <thread>

#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#include <sys/syscall.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "core/failure.h"

namespace glassformer {

namespace {

#if defined(__x86_64__)
enum Register { kEax = 0, kEdx = 3 };

// Whether a bit of leaf 7 is set, which tells extensions of the processor.
bool has_extension(unsigned part, Register in, int bit) {
  unsigned registers[4] = {};
  return __get_cpuid_count(7, part, &registers[0], &registers[1], &registers[2], &registers[3]) && (registers[in] >> bit & 1);
}

bool has_avx512_bf16() { return has_extension(1, kEax, 5); }

#ifdef GLASSFORMER_EMULATED
// In a build for tests, plain code emulates these instructions.
bool has_avx_vnni() { return true; }
bool has_amx() { return true; }
bool may_use_amx() { return true; }
#else
bool has_avx_vnni() { return has_extension(1, kEax, 4); }
// AMX-BF16, AMX-TILE, AMX-INT8
bool has_amx() { return has_extension(0, kEdx, 22) && has_extension(0, kEdx, 24) && has_extension(0, kEdx, 25); }

// Linux gives a process the tile registers when the process asks for them. Linux refuses where it, or the virtual machine around it, has
// not enabled them.
bool may_use_amx() {
#if defined(__linux__) && defined(SYS_arch_prctl)
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}
#endif

// Adds AVX-512 alone, and with the extensions that multiply int8 and bfloat16. The kernels are the same, and are told which extensions they
// may use.
void add_avx512(std::vector<InstructionSet>& found) {
  found.push_back({"avx512", &kernels_avx512, {}});
  if (!__builtin_cpu_supports("avx512vnni")) return;
  found.push_back({"avx512vnni", &kernels_avx512, {true}});
  if (!has_avx512_bf16()) return;
  found.push_back({"avx512bf16", &kernels_avx512, {true, true}});
  if (has_amx() && may_use_amx()) found.push_back({"amx", &kernels_avx512, {true, true, true}});
}
#endif

std::vector<InstructionSet> find_instruction_sets() {
  std::vector<InstructionSet> found = {{"scalar", &kernels_scalar, {}}};
#if defined(__x86_64__)
  // These functions check the processor, and the operating system, which must save the wider registers.
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2) found.push_back({"avx2", &kernels_avx2, {}});
  if (avx2 && has_avx_vnni()) found.push_back({"avxvnni", &kernels_avx2, {true}});
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    add_avx512(found);
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
