// The rows of a sentence in all layers of experts. A row has the scores of all layers side by side
// (src/engine/backend/js/functions/routers.ts).
#pragma once
#include "kernels/call.h"
#include "kernels/experts/score_order.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Arrays [E]: the shares of rows that have an expert among their k greatest scores, the softmax of one row, and the
// experts ordered by their scores.
struct Routers {
  std::int64_t experts;
  double* shares;
  double* p;
  std::int64_t* order;
};

inline Routers room_for_routers(float* scratch, std::int64_t experts) {
  double* doubles = reinterpret_cast<double*>(scratch);
  const std::int64_t step = scratch_stride(2 * experts) / 2;
  return {experts, doubles, doubles + step, reinterpret_cast<std::int64_t*>(doubles + 2 * step)};
}

// Calls use(row, column) for each row of a sentence and each layer, whose scores begin at `column`.
template <class Use>
inline void each_router_row(const Matrix& scores, const Range& sentence, std::int64_t experts, Use use) {
  for (std::int64_t r = sentence.begin; r < sentence.end; r++)
    for (std::int64_t column = 0; column < scores.width; column += experts) use(r, column);
}

// shares ← the share of each expert among the k greatest scores, over all rows and layers of a sentence
inline void share_out(const Routers& routers, const Matrix& scores, const Range& sentence, std::int64_t k) {
  const double rows = static_cast<double>(sentence.length() * (scores.width / routers.experts));
  for (std::int64_t e = 0; e < routers.experts; e++) routers.shares[e] = 0;
  each_router_row(scores, sentence, routers.experts, [&](std::int64_t r, std::int64_t column) {
    order_by_score(routers.order, row_of(scores, r) + column, routers.experts);
    for (std::int64_t i = 0; i < k; i++) routers.shares[routers.order[i]] += 1 / rows;
  });
}

// p ← the softmax of some scores; returns log Σ exp of them.
inline double softmax_of_router(const Routers& routers, const float* scores) {
  double most = scores[0];
  for (std::int64_t e = 1; e < routers.experts; e++) most = scores[e] > most ? scores[e] : most;
  double total = 0;
  for (std::int64_t e = 0; e < routers.experts; e++) total += routers.p[e] = natural_exponential(scores[e] - most);
  for (std::int64_t e = 0; e < routers.experts; e++) routers.p[e] /= total;
  return most + natural_logarithm(total);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
