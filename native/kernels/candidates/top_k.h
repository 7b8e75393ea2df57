// The k highest numbers of a row that arrives tile by tile, each with its id.
#pragma once
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr std::int32_t kNoId = 0x7fffffff;

// A number and its id as one integer. The higher key has the higher number, or the lower id if the numbers are equal.
inline std::int64_t key_of(float number, std::int32_t id) {
  const float unsigned_zero = number + 0.0f;  // −0 is as high as 0
  std::int32_t bits;
  __builtin_memcpy(&bits, &unsigned_zero, sizeof bits);
  const auto high = static_cast<std::uint32_t>(bits ^ ((bits >> 31) & 0x7fffffff));
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(high) << 32 | static_cast<std::uint32_t>(~id));
}

inline float number_of(std::int64_t key) {
  std::int32_t bits = static_cast<std::int32_t>(key >> 32);
  bits ^= (bits >> 31) & 0x7fffffff;
  float number;
  __builtin_memcpy(&number, &bits, sizeof number);
  return number;
}

inline std::int32_t id_of(std::int64_t key) { return ~static_cast<std::int32_t>(key); }

// The k highest numbers so far, as keys. A small k keeps them [k] in falling order. A large k keeps up to 2k keys in no
// order, among them the k highest; after them follow the number of keys, and a key that at least k kept keys reach, so
// that lower ones need not be kept (room_for_top_k).
struct TopK {
  std::int64_t* keys;
  std::int64_t k;

  bool are_few() const { return k <= kFewTopK; }
  std::int64_t& count() const { return keys[2 * k]; }
  std::int64_t& lowest_of_many() const { return keys[2 * k + 1]; }
  std::int64_t lowest_key() const { return are_few() ? keys[k - 1] : lowest_of_many(); }
  float lowest() const { return number_of(lowest_key()); }
};

void reset(const TopK& top_k) {
  const std::int64_t none = key_of(-kInfinity, kNoId);
  if (top_k.are_few()) {
    for (std::int64_t i = 0; i < top_k.k; i++) top_k.keys[i] = none;
  } else {
    top_k.count() = 0;
    top_k.lowest_of_many() = none;
  }
}

inline void exchange(std::int64_t& a, std::int64_t& b) {
  const std::int64_t was = a;
  a = b;
  b = was;
}

// Moves the k highest of `count` keys before the others, with the lowest of them at place k − 1 (Hoare's selection): a
// part is split at one of its keys, and only the half that contains place k − 1 is split again. All keys differ.
void select(std::int64_t* keys, std::int64_t count, std::int64_t k) {
  std::int64_t begin = 0;
  for (std::int64_t end = count; end - begin > 1;) {
    // The median of three keys moves to the end; the other keys are compared with it.
    std::int64_t* last = keys + end - 1;
    std::int64_t* middle = keys + begin + (end - begin) / 2;
    if (keys[begin] < *middle) exchange(keys[begin], *middle);
    if (*last < *middle) exchange(*last, *middle);
    if (keys[begin] < *last) exchange(keys[begin], *last);
    const std::int64_t split = *last;
    std::int64_t higher = begin;
    for (std::int64_t i = begin; i < end - 1; i++) {
      const std::int64_t key = keys[i];
      keys[i] = keys[higher];
      keys[higher] = key;
      higher += key > split;
    }
    exchange(keys[higher], *last);
    if (higher == k - 1) return;
    if (higher < k - 1) begin = higher + 1;
    else end = higher;
  }
}

// Drops the keys of a large k that are below the k highest.
void drop_others(const TopK& top_k) {
  if (top_k.count() < top_k.k) return;
  select(top_k.keys, top_k.count(), top_k.k);
  top_k.count() = top_k.k;
  top_k.lowest_of_many() = top_k.keys[top_k.k - 1];
}

// Adds a key to a large k. There is room for as many keys again, so that keys are compared only when the room is full.
inline void add_to_many(const TopK& top_k, std::int64_t key) {
  if (key <= top_k.lowest_of_many()) return;
  top_k.keys[top_k.count()++] = key;
  if (top_k.count() == 2 * top_k.k) drop_others(top_k);
}

// Adds a key to a small k: each place keeps the higher of two keys and passes the other on. There is no branch, because
// no processor can predict which places change.
inline void insert_among_few(const TopK& top_k, std::int64_t key) {
  for (std::int64_t i = 0; i < top_k.k; i++) {
    const std::int64_t kept = top_k.keys[i];
    top_k.keys[i] = kept > key ? kept : key;
    key = kept > key ? key : kept;
  }
}

// The number of logits that are compared together; a bit stands for each.
constexpr std::int64_t kComparedAtOnce = 64;
static_assert(kVocabularyTile % kComparedAtOnce == 0, "a row of a tile has room for all that is looked at");

// Bit i: whether row[i] is above `floor`.
inline std::uint64_t bits_above(const float* row, Vec floor) {
  std::uint64_t which = 0;
  GLASSFORMER_UNROLL_TILE
  for (int v = 0; v < kComparedAtOnce / kLanes; v++)
    which |= static_cast<std::uint64_t>(bits(less(floor, load(row + v * kLanes)))) << (v * kLanes);
  return which;
}

// places ← the places of the numbers of row [width] that are above `floor`, in order; returns how many there are. Most
// groups of 64 have none or one: a place is always written, but counts only if there is one.
std::int64_t places_above(std::int32_t* places, const float* row, std::int64_t width, float floor) {
  constexpr std::uint64_t kLast = std::uint64_t{1} << (kComparedAtOnce - 1);
  std::int64_t n = 0;
  for (std::int64_t i = 0; i < width; i += kComparedAtOnce) {
    const auto first = static_cast<std::int32_t>(i);
    std::uint64_t above = bits_above(row + i, broadcast(floor));
    places[n] = first + __builtin_ctzll(above | kLast);
    n += above != 0;
    for (above &= above - 1; above; above &= above - 1) places[n++] = first + __builtin_ctzll(above);
  }
  return n;
}

// A number that at least k numbers of the row reach: the k-th highest of the maxima of 16 lanes; −∞ if k is above 16.
float kth_of_lanes(const float* row, std::int64_t width, std::int64_t k) {
  constexpr int kAll = kParts * kLanes;
  if (k > kAll) return -kInfinity;
  Lanes highest;
  for (Vec& part : highest.part) part = broadcast(-kInfinity);
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    highest.part[part] = max(keep(load(row + i, n), broadcast(-kInfinity), n), highest.part[part]);
  });
  float numbers[kAll];
  __builtin_memcpy(numbers, &highest, sizeof numbers);
  float kth = kInfinity;
  for (float number : numbers) {
    int higher = 0;
    for (const Vec& part : highest.part) higher += __builtin_popcount(bits(less(broadcast(number), part)));
    const float lower = number < kth ? number : kth;
    kth = higher < k ? lower : kth;
  }
  return kth;
}

// A floor that none of the k highest numbers is at or below. It is just below a number that at least k numbers reach. A
// number equal to the lowest kept one may still replace it, because a thread takes tiles in any order and the id may be
// lower. `top` is the highest number of the row.
inline float floor_of(const TopK& top_k, const float* row, std::int64_t width, float top) {
  const float lowest = top_k.lowest();
  const float reached = top_k.k == 1 ? top : lowest > -kInfinity ? lowest : kth_of_lanes(row, width, top_k.k);
  return __builtin_nextafterf(reached, -kInfinity);
}

// Offers row [width] of a tile whose ids begin at `first`; `top` is its highest number.
void offer_row(const TopK& top_k, float* row, std::int64_t width, std::int64_t first, float top) {
  if (top == -kInfinity || key_of(top, static_cast<std::int32_t>(first)) <= top_k.lowest_key()) return;
  for (std::int64_t i = width; i % kComparedAtOnce; i++) row[i] = -kInfinity;
  std::int32_t places[kVocabularyTile];
  const std::int64_t n = places_above(places, row, width, floor_of(top_k, row, width, top));
  const auto key_at = [&](std::int32_t place) { return key_of(row[place], static_cast<std::int32_t>(first) + place); };
  if (top_k.are_few())
    for (std::int64_t i = 0; i < n; i++) insert_among_few(top_k, key_at(places[i]));
  else
    for (std::int64_t i = 0; i < n; i++) add_to_many(top_k, key_at(places[i]));
}

// Adds the keys that another thread found in other tiles of the row.
void merge(const TopK& top_k, const TopK& others) {
  if (top_k.are_few())
    for (std::int64_t i = 0; i < others.k; i++) insert_among_few(top_k, others.keys[i]);
  else
    for (std::int64_t i = 0; i < others.count(); i++) add_to_many(top_k, others.keys[i]);
}

// Sorts keys in falling order; spare [count]. Runs of 1, 2, 4, … keys are merged, without a branch that depends on
// which of two keys is higher.
void sort(std::int64_t* keys, std::int64_t count, std::int64_t* spare) {
  std::int64_t* from = keys;
  std::int64_t* to = spare;
  for (std::int64_t run = 1; run < count; run *= 2) {
    for (std::int64_t begin = 0; begin < count; begin += 2 * run) {
      const std::int64_t middle = smaller(begin + run, count);
      const std::int64_t end = smaller(middle + run, count);
      std::int64_t left = begin;
      std::int64_t right = middle;
      std::int64_t at = begin;
      while (left < middle && right < end) {
        const bool second = from[right] > from[left];
        to[at++] = second ? from[right] : from[left];
        right += second;
        left += !second;
      }
      while (left < middle) to[at++] = from[left++];
      while (right < end) to[at++] = from[right++];
    }
    std::int64_t* merged = to;
    to = from;
    from = merged;
  }
  if (from == keys) return;
  for (std::int64_t i = 0; i < count; i++) keys[i] = from[i];
}

// Call this after all numbers of the row have been offered: keys [k] become the highest keys in falling order, followed
// by empty keys. spare [k]
void finish(const TopK& top_k, std::int64_t* spare) {
  if (top_k.are_few()) return;
  drop_others(top_k);
  sort(top_k.keys, top_k.count(), spare);
  for (std::int64_t i = top_k.count(); i < top_k.k; i++) top_k.keys[i] = key_of(-kInfinity, kNoId);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
