#include "kernels/table.h"

namespace glassformer {

const Kernels kernels_neon = GLASSFORMER_TABLE;

}  // namespace glassformer
