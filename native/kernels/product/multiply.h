// Products of large matrices, in the precision of the player.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/product/bfloat16.h"
#include "kernels/product/product.h"
#include "kernels/product/sparse_product.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Computes c [m, n] in blocks that fit the caches, and calls done(Block) when a block is finished. `scratch` has
// kPackedRows + kPackedColumns floats.
template <class Done>
void multiply_packed(const Product& p, const Block& part, const Call& call, const Partition& partition, Done done) {
#ifdef GLASSFORMER_BFLOAT16
  if (call.precision != kFloat32) {
    if (p.sparse) return multiply_sparse<SparsePairs>(p, part, partition.scratch, done);
    return multiply_bfloat16(p, part, partition.scratch, call.precision == kBfloat16Amx, done);
  }
#endif
  static_cast<void>(call);
  if (p.sparse) multiply_sparse<SparseFloats>(p, part, partition.scratch, done);
  else multiply_float32(p, part, partition.scratch, done);
}

inline void multiply_packed(const Product& p, const Block& part, const Call& call, const Partition& partition) {
  multiply_packed(p, part, call, partition, [](const Block&) {});
}

// Skipping zeros pays if at most one number in so many is not 0. In bfloat16 both numbers of a pair must be 0.
inline std::int64_t sparse_part(const Call& call) {
  if (call.precision == kBfloat16Amx) return 32;  // an estimate, not a measurement: AMX is ten times as fast
  if (call.precision == kBfloat16Pairs) return 4;
  return kLanes == 16 ? 2 : 3;
}

// The same limit for computing only wanted outputs, in float32.
inline std::int64_t wanted_part(const Call& call) {
  if (call.precision == kBfloat16Amx) return 64;
  return call.precision == kBfloat16Pairs ? 8 : 3;
}

// Whether at most one number in `part` is not 0, in a sample of rows.
inline bool mostly_zeros(const Matrix& m, std::int64_t part) {
  if (m.rows == 0) return false;
  constexpr std::int64_t kSampled = 8;
  std::int64_t others = 0;
  for (std::int64_t i = 0; i < kSampled; i++) {
    const float* row = row_of(m, i * m.rows / kSampled);
    for (std::int64_t column = 0; column < m.width; column++) others += row[column] != 0;
  }
  return others * part < kSampled * m.width;
}
inline bool mostly_zeros(const Matrix& m, const Call& call) { return mostly_zeros(m, sparse_part(call)); }
inline bool few_wanted(const Matrix& m, const Call& call) { return mostly_zeros(m, wanted_part(call)); }

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
