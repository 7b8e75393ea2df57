// The kernel of each op, for the instruction set for which this header is compiled. Files of ops/ define them.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

#define GLASSFORMER_DECLARE(name, args) void name(const args& operands, const Partition& partition);
GLASSFORMER_EACH_KERNEL(GLASSFORMER_DECLARE)
#undef GLASSFORMER_DECLARE

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
