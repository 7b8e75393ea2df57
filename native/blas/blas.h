// The matrix product of a BLAS library: OpenBLAS, Accelerate or none, decided when the addon is built.
#pragma once
#include <string>

#include "kernels/call.h"

namespace glassformer {

struct Blas {
  std::string name;       // 'openblas 0.3.21', 'accelerate', 'none'
  MatrixProduct product;  // null for 'none'
};

// The BLAS library with which this binary was built. It is set to one thread, because the player has threads of its
// own.
const Blas& blas();

}  // namespace glassformer
