#include "core/processor.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__linux__)
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>

#include <cstddef>
#endif

namespace glassformer {

#if defined(__x86_64__)

namespace {

// cpuid is called directly: __builtin_cpu_supports depends on the compiler's runtime library, and zig's does not know
// the processor.
enum Register { kEax = 0, kEbx = 1, kEcx = 2, kEdx = 3 };

bool is_set(const unsigned (&registers)[4], Register in, int bit) { return registers[in] >> bit & 1; }

// Whether a bit of leaf 1 is set, which lists the processor's features.
bool has_feature(Register in, int bit) {
  unsigned registers[4] = {};
  return __get_cpuid(1, &registers[0], &registers[1], &registers[2], &registers[3]) && is_set(registers, in, bit);
}

// Whether a bit of leaf 7 is set, which lists extensions.
bool has_extension(unsigned part, Register in, int bit) {
  unsigned registers[4] = {};
  return __get_cpuid_count(7, part, &registers[0], &registers[1], &registers[2], &registers[3]) && is_set(registers, in, bit);
}

// Whether the operating system saves these registers (bits of XCR0) when it switches threads.
bool saves(unsigned registers) {
  if (!has_feature(kEcx, 27)) return false;  // OSXSAVE: without it, XGETBV is no instruction
  unsigned low = 0;
  unsigned high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & registers) == registers;
}

// XMM and YMM
constexpr unsigned kAvxRegisters = 0x06;

#if defined(__APPLE__)
// macOS starts to save these registers when a thread first uses them; until then XCR0 does not show them.
bool saves_avx512() {
  int value = 0;
  std::size_t size = sizeof value;
  return sysctlbyname("hw.optional.avx512f", &value, &size, nullptr, 0) == 0 && value != 0;
}
#else
// XMM, YMM, masks, the upper halves of ZMM 0 to 15, and ZMM 16 to 31
bool saves_avx512() { return saves(0xe6); }
#endif

#ifndef GLASSFORMER_EMULATED
// Asks Linux for the tile registers. It refuses where it has not enabled them, or the virtual machine around it.
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

}  // namespace

bool has_avx2() {
  const bool avx = has_feature(kEcx, 28) && saves(kAvxRegisters);
  const bool fma = has_feature(kEcx, 12);
  return avx && fma && has_extension(0, kEbx, 5);
}

bool has_avx512() {
  const bool f = has_extension(0, kEbx, 16);
  const bool dq = has_extension(0, kEbx, 17);
  const bool bw = has_extension(0, kEbx, 30);
  const bool vl = has_extension(0, kEbx, 31);
  return f && dq && bw && vl && saves_avx512();
}

bool has_avx512_vnni() { return has_extension(0, kEcx, 11); }
bool has_avx512_bf16() { return has_extension(1, kEax, 5); }

#ifdef GLASSFORMER_EMULATED
// In a build for tests, plain code emulates these instructions.
bool has_avx_vnni() { return true; }
bool has_amx() { return true; }
#else
bool has_avx_vnni() { return has_extension(1, kEax, 4); }
bool has_amx() { return has_extension(0, kEdx, 22) && has_extension(0, kEdx, 24) && has_extension(0, kEdx, 25) && may_use_amx(); }
#endif

#elif defined(__aarch64__)

bool has_dot_products() {
#if defined(__linux__)
  constexpr unsigned long kDotProducts = 1ul << 20;  // HWCAP_ASIMDDP
  return (getauxval(AT_HWCAP) & kDotProducts) != 0;
#elif defined(__APPLE__)
  int value = 0;
  std::size_t size = sizeof value;
  return sysctlbyname("hw.optional.arm.FEAT_DotProd", &value, &size, nullptr, 0) == 0 && value != 0;
#else
  return false;
#endif
}

#endif

}  // namespace glassformer
