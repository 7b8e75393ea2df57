// The softmax of a row of scores that fits into one or two vectors, in registers from its scores to its gradients: most sentences
// are that short, and passes over so few values would spend their time waiting for each other.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

constexpr std::int64_t kShortRow = 2 * kLanes;

// Memory of whole vectors, of which the first `seen` values count.
template <int vectors>
struct ShortRow {
  Vec part[vectors];
};

// 0, 1, 2, … from v · kLanes on
inline Vec lane_numbers(int v) {
  Vec numbers;
  for (int lane = 0; lane < kLanes; lane++) numbers[lane] = static_cast<float>(v * kLanes + lane);
  return numbers;
}

// softmax of scores · scale; 0 where nothing is seen. seen is at least 1.
template <int vectors>
inline ShortRow<vectors> short_softmax(const float* scores, std::int64_t seen, float scale) {
  ShortRow<vectors> row;
  const Vec limit = broadcast(static_cast<float>(seen));
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++)
    row.part[v] = select(less(lane_numbers(v), limit), load(scores + v * kLanes) * broadcast(scale), broadcast(-kInfinity));
  const Vec highest = broadcast(max_of(vectors == 1 ? row.part[0] : max(row.part[0], row.part[vectors - 1])));
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) row.part[v] = exp(row.part[v] - highest);
  const Vec share = broadcast(1 / sum(vectors == 1 ? row.part[0] : row.part[0] + row.part[vectors - 1]));
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) row.part[v] = row.part[v] * share;
  return row;
}

// p [vectors] ← softmax of p · scale, dropped where `drop` is not null
template <int vectors>
inline void short_weights(float* p, std::int64_t seen, float scale, const Drop* drop, std::uint32_t key) {
  const ShortRow<vectors> row = short_softmax<vectors>(p, seen, scale);
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++)
    store(p + v * kLanes, drop ? dropped(row.part[v], key, v * kLanes, *drop) : row.part[v]);
}

// As score_gradients.
template <int vectors>
inline void short_gradients(float* p, float* d, std::int64_t seen, float scale, const Drop* drop, std::uint32_t key) {
  const ShortRow<vectors> row = short_softmax<vectors>(p, seen, scale);
  const Vec limit = broadcast(static_cast<float>(seen));
  ShortRow<vectors> gradient;
  Vec products = broadcast(0);
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) {
    const Vec by = select(less(lane_numbers(v), limit), load(d + v * kLanes), broadcast(0));
    gradient.part[v] = drop ? dropped(by, key, v * kLanes, *drop) : by;
    products = fma(row.part[v], gradient.part[v], products);
  }
  const Vec total = broadcast(sum(products));
  GLASSFORMER_UNROLL
  for (int v = 0; v < vectors; v++) {
    store(d + v * kLanes, broadcast(scale) * row.part[v] * (gradient.part[v] - total));
    store(p + v * kLanes, drop ? dropped(row.part[v], key, v * kLanes, *drop) : row.part[v]);
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
