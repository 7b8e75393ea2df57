#include "kernels/table.h"

namespace glassformer {

const Kernels kernels_avx2 = GLASSFORMER_TABLE;

}  // namespace glassformer
