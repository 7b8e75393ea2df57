// The kernels of each instruction set, one for each op.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"

namespace glassformer {

// A kernel, for a caller that does not know its op.
typedef void (*Kernel)(const Call& call, const Partition& partition);

// The kernels of one instruction set. The members and the table that fills them (table.cc) follow from the same list:
// all members have one type, so that no compiler would notice if two lists differed in order.
struct Kernels {
#define GLASSFORMER_MEMBER(name, args) Kernel name;
  GLASSFORMER_EACH_KERNEL(GLASSFORMER_MEMBER)
#undef GLASSFORMER_MEMBER
};

extern const Kernels kernels_scalar;
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
extern const Kernels kernels_neon;
extern const Kernels kernels_wasm;
extern const char* const kernels_wasm_isa;

}  // namespace glassformer
