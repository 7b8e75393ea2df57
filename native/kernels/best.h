// The k best of scores that come one after the other.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr std::int32_t kNoId = 0x7fffffff;

// The k best so far, in the order of a heap whose root is the worst of them: values, ids [k]. Places that are not taken yet have the
// value −∞ and no id.
struct Best {
  double* values;
  std::int32_t* ids;
  std::int64_t k;
};

// a goes after b: a lower score, or the same one and a higher id.
inline bool worse(const Best& best, std::int64_t a, std::int64_t b) {
  return best.values[a] < best.values[b] || (best.values[a] == best.values[b] && best.ids[a] > best.ids[b]);
}

inline void swap_places(const Best& best, std::int64_t a, std::int64_t b) {
  const double value = best.values[a];
  const std::int32_t id = best.ids[a];
  best.values[a] = best.values[b];
  best.ids[a] = best.ids[b];
  best.values[b] = value;
  best.ids[b] = id;
}

// Restores the heap [0, size) below `at`.
void sift_down(const Best& best, std::int64_t at, std::int64_t size) {
  for (;;) {
    std::int64_t worst = at;
    for (std::int64_t child = 2 * at + 1; child <= 2 * at + 2; child++)
      if (child < size && worse(best, child, worst)) worst = child;
    if (worst == at) return;
    swap_places(best, at, worst);
    at = worst;
  }
}

void empty(const Best& best) {
  for (std::int64_t i = 0; i < best.k; i++) {
    best.values[i] = -kInfinity;
    best.ids[i] = kNoId;
  }
}

// Puts id in where it is better than the worst kept one; −∞ and NaN never are.
inline void offer(const Best& best, double value, std::int32_t id) {
  if (!(value > best.values[0] || (value > -kInfinity && value == best.values[0] && id < best.ids[0]))) return;
  best.values[0] = value;
  best.ids[0] = id;
  sift_down(best, 0, best.k);
}

// Offers row [width], whose ids begin at `first` and are higher than those kept.
void offer_row(const Best& best, const float* row, std::int64_t width, std::int64_t first) {
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec values = keep(load(row + i, n), broadcast(-kInfinity), n);
    // Kept values are floats here.
    const Vec worst = broadcast(static_cast<float>(best.values[0]));
    for (unsigned above = bits(less(worst, values)); above; above &= above - 1) {
      const int lane = __builtin_ctz(above);
      offer(best, row[i + lane], static_cast<std::int32_t>(first + i + lane));
    }
  });
}

// Falling order. Ids at −∞ are all equal: the lowest of those that are not among the others.
void sort(const Best& best) {
  for (std::int64_t at = best.k / 2; at-- > 0;) sift_down(best, at, best.k);
  for (std::int64_t size = best.k - 1; size > 0; size--) {
    swap_places(best, 0, size);
    sift_down(best, 0, size);
  }
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
