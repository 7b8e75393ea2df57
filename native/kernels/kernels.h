// The kernels of each instruction set: one for each op, called with its operands and attributes by name.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"

namespace glassformer {

// A kernel whose op is known to the caller.
typedef void (*Kernel)(const Call& call, const Partition& partition);

// One instruction set's kernels. The members and what fills them (table.h) are made of the same list: all are of one type, and written
// down twice they could change places unseen.
struct Kernels {
#define GLASSFORMER_MEMBER(name, args) Kernel name;
  GLASSFORMER_EACH_KERNEL(GLASSFORMER_MEMBER)
#undef GLASSFORMER_MEMBER
};

extern const Kernels kernels_scalar;
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;

}  // namespace glassformer
