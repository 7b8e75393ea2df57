#include "core/packed_layout.h"

#include "kernels/scratch.h"

namespace glassformer {

PackedLayout packed_layout(Encoding encoding, std::int64_t rows, std::int64_t width) {
  const std::int64_t outputs = rounded_up(rows, kPackedOutputs);
  if (encoding == Encoding::kFloat32) return {0, 0, 0, rows * width};
  if (encoding == Encoding::kFloat32Panels) return {0, 0, 0, outputs * rounded_up(width, kFloat32Inputs)};
  if (encoding == Encoding::kBfloat16) return {0, 0, 0, outputs * rounded_up(width, kBfloat16Inputs) / 2};
  if (encoding == Encoding::kInt4) {
    const std::int64_t panels = outputs * (rounded_up(width, kInt4Inputs) / kInt4Inputs) * kInt4Words;
    return {panels, 0, 0, panels + outputs};
  }
  const std::int64_t scales = outputs * rounded_up(width, kInt8Inputs) / 4;
  return {scales, scales + outputs, scales + 2 * outputs, scales + 2 * outputs + kPackedOutputs};
}

std::int64_t listed_width(Encoding encoding, std::int64_t width) {
  if (encoding == Encoding::kFloat32) return width;
  if (encoding == Encoding::kFloat32Panels) return rounded_up(width, kFloat32Inputs);
  if (encoding == Encoding::kInt4) return rounded_up(width, kInt4Inputs) / kInt4Inputs * kInt4Words;
  return encoding == Encoding::kInt8 ? rounded_up(width, kInt8Inputs) / 4 : rounded_up(width, kBfloat16Inputs) / 2;
}

}  // namespace glassformer
