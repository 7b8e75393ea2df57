// The places of rangedCandidates' arrays, in floats from the beginning of its scratch memory.
#pragma once
#include "kernels/scratch.h"

namespace glassformer {

struct RangedPlaces {
  std::int64_t row;  // [vocabulary], rounded up to whole tiles
  std::int64_t keys;  // keys of the highest scores, with the spare room that TopK needs
  std::int64_t spare;   // [k] keys
  std::int64_t values;  // [k] doubles
  std::int64_t ids;     // [k]
  std::int64_t floats;  // all of these
};

static inline RangedPlaces ranged_places(std::int64_t vocabulary, std::int64_t k) {
  RangedPlaces at = {};
  at.row = take_floats(at.floats, rounded_up(vocabulary, kVocabularyTile));
  at.keys = take_floats(at.floats, 2 * room_for_top_k(k));
  at.spare = take_floats(at.floats, 2 * k);
  at.values = take_floats(at.floats, 2 * k);
  at.ids = take_floats(at.floats, k);
  return at;
}

}  // namespace glassformer
