// windows: rows copied next to each other.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void windows(const WindowsArgs& args, const Partition& partition) {
  const Matrix& index = args.index;
  const std::int64_t width = args.x.width;
  const Range rows = part_of(args.windowed.rows, 1, partition);
  for (std::int64_t t = rows.begin; t < rows.end; t++)
    for (std::int64_t j = 0; j < index.width; j++) {
      const std::int32_t read = index.integers[t * index.stride + j];
      const float* from = read < 0 ? nullptr : row_of(args.x, read);
      float* to = row_of(args.windowed, t) + j * width;
      for_columns(width, [&](std::int64_t i, auto n) { store(to + i, from ? load(from + i, n) : broadcast(0), n); });
    }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
