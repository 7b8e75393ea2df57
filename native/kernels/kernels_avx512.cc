#include "simd/simd_avx512.h"

#include "kernels/table.h"

namespace glassformer {

const Kernels kernels_avx512 = GLASSFORMER_TABLE;

}  // namespace glassformer
