#include "kernels/table.h"

namespace glassformer {

const Kernels kernels_wasm = GLASSFORMER_TABLE;

#ifdef __wasm_relaxed_simd__
const char* const kernels_wasm_isa = "relaxedsimd";
#else
const char* const kernels_wasm_isa = "simd128";
#endif

}  // namespace glassformer
