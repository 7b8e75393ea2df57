// The k best of scores that come one after the other.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr std::int32_t kNoId = 0x7fffffff;

// The k best so far, in falling order: values, ids [k]. Places that are not taken yet have the value −∞ and no id.
struct Best {
  double* values;
  std::int32_t* ids;
  std::int64_t k;

  double worst() const { return values[k - 1]; }
};

void empty(const Best& best) {
  for (std::int64_t i = 0; i < best.k; i++) {
    best.values[i] = -kInfinity;
    best.ids[i] = kNoId;
  }
}

// Whether a value goes before what is at a place: a higher one, or the same one and a lower id.
inline bool goes_before(const Best& best, std::int64_t place, double value, std::int32_t id) {
  return value > best.values[place] || (value == best.values[place] && id < best.ids[place]);
}

// Puts id in where it is better than the worst kept one; −∞ and NaN never are.
inline void offer(const Best& best, double value, std::int32_t id) {
  std::int64_t place = best.k - 1;
  if (!(value > -kInfinity && goes_before(best, place, value, id))) return;
  for (; place > 0 && goes_before(best, place - 1, value, id); place--) {
    best.values[place] = best.values[place - 1];
    best.ids[place] = best.ids[place - 1];
  }
  best.values[place] = value;
  best.ids[place] = id;
}

// The k-th highest of what each of 16 lanes has as its highest number, so that at least k numbers of the row are as high; −∞ where
// there are not so many.
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
    if (higher < k && number < kth) kth = number;
  }
  return kth;
}

// Offers row [width], whose highest number is `highest` and whose ids begin at `first` and are higher than those kept.
void offer_row(const Best& best, const float* row, std::int64_t width, std::int64_t first, float highest) {
  // Kept values are floats here. What is not above `floor` is not kept.
  float floor = static_cast<float>(best.worst());
  if (!(highest > floor)) return;
  if (floor == -kInfinity) floor = __builtin_nextafterf(kth_of_lanes(row, width, best.k), -kInfinity);
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec values = keep(load(row + i, n), broadcast(-kInfinity), n);
    unsigned above = bits(less(broadcast(floor), values));
    if (!above) return;
    for (; above; above &= above - 1) {
      const int lane = __builtin_ctz(above);
      offer(best, row[i + lane], static_cast<std::int32_t>(first + i + lane));
    }
    if (best.worst() > floor) floor = static_cast<float>(best.worst());
  });
}

// Subtracts a number from all values, which may make some the same: then ids are in order again. What becomes −∞ or NaN is not kept.
void subtract(const Best& best, double number) {
  for (std::int64_t i = 0; i < best.k; i++) {
    const double value = best.values[i] - number;
    const std::int32_t id = best.ids[i];
    best.values[i] = -kInfinity;
    best.ids[i] = kNoId;
    offer({best.values, best.ids, i + 1}, value, id);
  }
}

// Ids at −∞ are all equal: the lowest of those that are not among the others.
void take_lowest_ids(const Best& best) {
  std::int64_t found = 0;
  while (found < best.k && best.values[found] > -kInfinity) found++;
  std::int32_t id = 0;
  for (std::int64_t i = found; i < best.k; i++, id++) {
    for (std::int64_t j = 0; j < found; j++)
      if (best.ids[j] == id) {
        id++;
        j = -1;
      }
    best.ids[i] = id;
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
