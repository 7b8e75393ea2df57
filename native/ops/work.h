// The work of ops: nanoseconds that one thread takes, to an order of magnitude.
#pragma once

#include "kernels/call.h"

namespace glassformer {

inline double size_of(const Matrix& m) { return static_cast<double>(m.rows) * static_cast<double>(m.width); }
// The work of an op that computes value by value.
inline double work_by_value(const Matrix& m) { return 0.3 * size_of(m); }
// The work of a product of x with `rows` rows of the same width.
inline double work_of_product(const Matrix& x, std::int64_t rows) { return 0.02 * size_of(x) * static_cast<double>(rows); }

}  // namespace glassformer
