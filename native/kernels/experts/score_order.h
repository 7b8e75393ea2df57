// Experts in the order of their scores.
#pragma once
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// order [experts] ← the experts by falling scores; of equal scores the lower expert comes first. Experts are few, so
// that insertion sorts them fast.
template <class Number>
inline void order_by_score(std::int64_t* order, const Number* scores, std::int64_t experts) {
  for (std::int64_t e = 0; e < experts; e++) {
    std::int64_t place = e;
    for (; place > 0 && scores[order[place - 1]] < scores[e]; place--) order[place] = order[place - 1];
    order[place] = e;
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
