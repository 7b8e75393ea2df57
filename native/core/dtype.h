// The type of the numbers that a tensor holds.
#pragma once

namespace glassformer {

enum class DType { kFloat32, kInt32, kBfloat16 };

}  // namespace glassformer
