// The kernels of each instruction set: one for each op, called with its operands and attributes by name.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"

namespace glassformer {

// A kernel whose op is known to the caller.
typedef void (*Kernel)(const Call& call, const Partition& partition);

// One instruction set's kernels. The members, and the table that fills them (table.cc), are made from the same list. All members have one
// type, so that in two lists they could change places unseen.
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
