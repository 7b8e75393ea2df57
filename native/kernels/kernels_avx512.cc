#include "kernels/table.h"

namespace glassformer {

const Kernels kernels_avx512 = GLASSFORMER_TABLE;

}  // namespace glassformer
