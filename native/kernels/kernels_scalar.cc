#include "kernels/table.h"

namespace glassformer {

const Kernels kernels_scalar = GLASSFORMER_TABLE;

}  // namespace glassformer
