// The gradient of a bias by distance. Each sentence and head has its own sums of the gradients of scores. They are
// added up at the end, so that the order of sums does not depend on the threads.
#pragma once
#include "kernels/attention/distances.h"
#include "kernels/call.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// [sentences, heads, distances], in memory that all threads share.
struct BiasSums {
  float* floats;
  std::int64_t sentences;
  std::int64_t heads;
  std::int64_t distances;

  float* of(std::int64_t sentence, std::int64_t head) const { return floats + (sentence * heads + head) * distances; }
};

// dBias [distances, heads] ← the sums of all sentences. Threads share the distances.
void total_bias(const Matrix& d_bias, const BiasSums& sums, const Partition& partition) {
  const Range distances = part_of(d_bias.rows, 1, partition);
  for (std::int64_t head = 0; head < sums.heads; head++) {
    float* total = sums.of(0, head) + distances.begin;
    for (std::int64_t b = 1; b < sums.sentences; b++) {
      const float* more = sums.of(b, head) + distances.begin;
      for_columns(distances.length(), [&](std::int64_t i, auto n) { store(total + i, load(total + i, n) + load(more + i, n), n); });
    }
    for (std::int64_t d = distances.begin; d < distances.end; d++)
      row_of(d_bias, d)[head] = sums.sentences > 0 ? total[d - distances.begin] : 0;
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
