// linear with an encoded weight, in the best format of the instruction set.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

// memory ← all rows of x, prepared for the weight. Threads share the rows.
void prepare_in_common(const Matrix& x, const Matrix& w, const Call& call, float* memory, const Partition& partition);

// Each part prepares few rows itself, which costs less than waiting for each other. More rows are prepared once, in
// advance.
void encoded_linear(const LinearArgs& args, const Partition& partition);

// linear for rows of y that begin at row `first` of the `count` rows which prepare_in_common has left in `memory`.
void prepared_linear(const LinearArgs& args, float* memory, std::int64_t count, std::int64_t first);

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
