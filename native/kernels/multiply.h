// Products of large matrices, at the precision that the player was made for.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// c [m, n] in blocks that fit the caches; finish(Block) is called for each when it is done. `scratch`: kPackedRows +
// kPackedColumns floats.
template <class Finish>
void multiply_packed(const Product& p, const Block& part, const Call& call, const Share& share, Finish finish) {
#ifdef GLASSFORMER_BFLOAT16
  if (call.precision != kFloat32) {
    if (p.sparse) return multiply_sparse<SparsePairs>(p, part, share.scratch, finish);
    return multiply_bfloat16(p, part, share.scratch, call.precision == kBfloat16Tiles, finish);
  }
#endif
  static_cast<void>(call);
  if (p.sparse) multiply_sparse<SparseFloats>(p, part, share.scratch, finish);
  else multiply_float32(p, part, share.scratch, finish);
}

inline void multiply_packed(const Product& p, const Block& part, const Call& call, const Share& share) {
  multiply_packed(p, part, call, share, [](const Block&) {});
}

// One number in how many may be other than 0, for passing over zeros to pay. With bfloat16 both of a pair must be 0.
inline std::int64_t sparse_part(const Call& call) {
  if (call.precision == kBfloat16Tiles) return 32;  // reckoned, not measured: tiles are ten times as fast
  if (call.precision == kBfloat16Pairs) return 4;
  return kLanes == 16 ? 2 : 3;
}

// Whether a few rows of a matrix say that it is mostly zeros.
inline bool mostly_zeros(const Matrix& m, const Call& call) {
  if (m.rows == 0) return false;
  constexpr std::int64_t kSampled = 8;
  std::int64_t others = 0;
  for (std::int64_t i = 0; i < kSampled; i++) {
    const float* row = row_of(m, i * m.rows / kSampled);
    for (std::int64_t column = 0; column < m.width; column++) others += row[column] != 0;
  }
  return others * sparse_part(call) < kSampled * m.width;
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
