// The k best of scores that arrive one after the other.
#pragma once
#include "kernels/candidates/top_k.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The k best scores so far, in falling order: values, ids [k]. Free places have the value −∞ and no id.
struct TopScores {
  double* values;
  std::int32_t* ids;
  std::int64_t k;
};

// Whether a value ranks above the value at a place: it is higher, or it is equal and has a lower id.
inline bool goes_before(const TopScores& best, std::int64_t place, double value, std::int32_t id) {
  return value > best.values[place] || (value == best.values[place] && id < best.ids[place]);
}

// Inserts an id if it ranks above the lowest kept one; −∞ and NaN never do.
inline void offer(const TopScores& best, double value, std::int32_t id) {
  std::int64_t place = best.k - 1;
  if (!(value > -kInfinity && goes_before(best, place, value, id))) return;
  for (; place > 0 && goes_before(best, place - 1, value, id); place--) {
    best.values[place] = best.values[place - 1];
    best.ids[place] = best.ids[place - 1];
  }
  best.values[place] = value;
  best.ids[place] = id;
}

// Takes the k highest numbers of a row.
void take(const TopScores& best, const TopK& top_k) {
  for (std::int64_t i = 0; i < best.k; i++) {
    best.values[i] = number_of(top_k.keys[i]);
    best.ids[i] = id_of(top_k.keys[i]);
  }
}

// Subtracts a number from all values. Some values may become equal, so that their ids are put in order again. Values
// that become −∞ or NaN are dropped.
void subtract(const TopScores& best, double number) {
  for (std::int64_t i = 0; i < best.k; i++) {
    const double value = best.values[i] - number;
    const std::int32_t id = best.ids[i];
    best.values[i] = -kInfinity;
    best.ids[i] = kNoId;
    offer({best.values, best.ids, i + 1}, value, id);
  }
}

// Fills free places with the lowest ids that are not kept, at −∞, where all ids are equal. There are at least as many
// free ids below k as free places, so that only ids below k are marked, in spare [k].
void take_lowest_ids(const TopScores& best, std::int64_t* spare) {
  std::int64_t found = 0;
  while (found < best.k && best.values[found] > -kInfinity) found++;
  if (found == best.k) return;
  for (std::int64_t i = 0; i < best.k; i++) spare[i] = 0;
  for (std::int64_t i = 0; i < found; i++)
    if (best.ids[i] < best.k) spare[best.ids[i]] = 1;
  std::int32_t id = 0;
  for (std::int64_t i = found; i < best.k; i++, id++) {
    while (spare[id]) id++;
    best.ids[i] = id;
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
