// The kernels of the instruction set for which this file is compiled.
#include "kernels/kernels.h"
#include "kernels/ops.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

template <class Args, void (*kernel)(const Args& args, const Partition& partition)>
void called(const Call& call, const Partition& partition) {
  kernel(static_cast<const Args&>(call), partition);
}

}  // namespace
}  // namespace GLASSFORMER_ISA

#define GLASSFORMER_ENTRY(name, args) GLASSFORMER_ISA::called<args, GLASSFORMER_ISA::name>,
#define GLASSFORMER_NAMED(isa) kernels_##isa
#define GLASSFORMER_TABLE(isa) GLASSFORMER_NAMED(isa)
const Kernels GLASSFORMER_TABLE(GLASSFORMER_ISA) = {GLASSFORMER_EACH_KERNEL(GLASSFORMER_ENTRY)};

#ifdef __wasm_relaxed_simd__
const char* const kernels_wasm_isa = "relaxedsimd";
#elif defined(__wasm__)
const char* const kernels_wasm_isa = "simd128";
#endif

}  // namespace glassformer
