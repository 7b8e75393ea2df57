// Capabilities of this machine and this binary.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace glassformer {

// Sizes are computed in 64 bits, and JavaScript lays out the words of encoded weights with the lower byte first.
#ifndef __wasm__
static_assert(sizeof(void*) == 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the native backend needs a 64-bit, little-endian processor");
#endif

struct InstructionSet {
  const char* name;
  const Kernels* kernels;
  CpuFeatures cpu;
};

// The instruction sets that the processor, the operating system and the binary have, lowest first; never empty.
const std::vector<InstructionSet>& instruction_sets();

// The instruction set of that name, or the highest for ''. Throws ERR_OPTION, naming the sets that there are.
const InstructionSet& choose_instruction_set(const std::string& name);

// The way in which the kernels of a set multiply bfloat16; kFloat32 where they cannot.
Precision bfloat16_precision(const InstructionSet& set);

// Cores that this process may use.
int usable_cores();

// Bytes of memory that this machine has.
std::size_t machine_memory();

}  // namespace glassformer
