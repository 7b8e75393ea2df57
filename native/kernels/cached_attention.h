// cachedAttention: one query row over cache rows that a table names; all heads of a row go together, since they share those rows.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The keys that one row sees.
struct Past {
  const std::int32_t* ancestors;
  std::int64_t step;  // from one ancestor to the next
  std::int64_t length;
};

inline std::int32_t ancestor(const Past& past, std::int64_t j) { return past.ancestors[j * past.step]; }

// Four rows of `cache` from key j on, at `column`; the last again where there are fewer.
inline FourRows gathered(const Matrix& cache, const Past& past, std::int64_t j, std::int64_t column) {
  FourRows four;
  four.count = static_cast<int>(smaller(kTileColumns, past.length - j));
  for (int c = 0; c < kTileColumns; c++)
    four.at[c] = row_of(cache, ancestor(past, j + (c < four.count ? c : four.count - 1))) + column;
  return four;
}

// Asks for the four rows after the present ones: they are far apart, so the processor cannot guess them.
inline void prefetch_rows(const Matrix& cache, const Past& past, std::int64_t j, Range columns) {
  for (std::int64_t next = j + kTileColumns; next < smaller(j + 2 * kTileColumns, past.length); next++) {
    const float* row = row_of(cache, ancestor(past, next));
    for (std::int64_t i = columns.begin; i < columns.end; i += 16) prefetch(row + i);
  }
}

// scores [heads, stride] ← q [heads · d_head] · keysᵀ, head by head
void cached_scores(float* scores, std::int64_t stride, const float* q, const Matrix& k, const Past& past, Range heads,
                   std::int64_t d_head) {
  for (std::int64_t j = 0; j < past.length; j += kTileColumns) {
    prefetch_rows(k, past, j, {heads.begin * d_head, heads.end * d_head});
    FourRows four = gathered(k, past, j, heads.begin * d_head);
    for (std::int64_t head = heads.begin; head < heads.end; head++) {
      score_four(scores + (head - heads.begin) * stride + j, q + head * d_head, four, d_head);
      for (int c = 0; c < kTileColumns; c++) four.at[c] += d_head;
    }
  }
}

// z [d_head] += p[0 … count) · rows of values, each [d_head]
inline void add_values(float* z, const float* p, const FourRows& values, std::int64_t d_head) {
  const Vec p0 = broadcast(p[0]);
  const Vec p1 = broadcast(values.count > 1 ? p[1] : 0);
  const Vec p2 = broadcast(values.count > 2 ? p[2] : 0);
  const Vec p3 = broadcast(values.count > 3 ? p[3] : 0);
  for_columns(d_head, [&](std::int64_t i, auto n) {
    Vec sum = fma(p0, load(values.at[0] + i, n), load(z + i, n));
    sum = fma(p1, load(values.at[1] + i, n), sum);
    sum = fma(p2, load(values.at[2] + i, n), sum);
    sum = fma(p3, load(values.at[3] + i, n), sum);
    store(z + i, sum, n);
  });
}

// z [heads · d_head] ← p [heads, stride] · values
void cached_sum(float* z, const float* p, std::int64_t stride, const Matrix& v, const Past& past, Range heads,
                std::int64_t d_head) {
  const std::int64_t width = (heads.end - heads.begin) * d_head;
  for_columns(width, [&](std::int64_t i, auto n) { store(z + heads.begin * d_head + i, broadcast(0), n); });
  for (std::int64_t j = 0; j < past.length; j += kTileColumns) {
    prefetch_rows(v, past, j, {heads.begin * d_head, heads.end * d_head});
    FourRows four = gathered(v, past, j, heads.begin * d_head);
    for (std::int64_t head = heads.begin; head < heads.end; head++) {
      add_values(z + head * d_head, p + (head - heads.begin) * stride + j, four, d_head);
      for (int c = 0; c < kTileColumns; c++) four.at[c] += d_head;
    }
  }
}

// Some heads of row r; `pair` is the row of the weights where its span begins.
void cached_row(const Call& call, std::int64_t r, const Past& past, Range heads, std::int64_t pair, float* scores) {
  const Matrix& weights = call.outputs[1];
  const std::int64_t d_head = call.outputs[0].width / static_cast<std::int64_t>(call.attributes[0]);
  const std::int64_t stride = scratch_stride(past.length);
  cached_scores(scores, stride, row_of(call.inputs[0], r), call.inputs[1], past, heads, d_head);
  // The row stands at the end of its past, so no key is behind it. Its heads are rows of d_head each.
  const std::int64_t query = past.length - 1;
  const std::int64_t count = heads.end - heads.begin;
  const std::int64_t distances = clip_of(call.inputs[5]) + 1;
  const Distances relative_keys = {call.inputs[5], distances, scores + count * stride, scratch_stride(distances)};
  const Distances relative_values = {call.inputs[6], distances, scores + count * stride, scratch_stride(distances)};
  multiply_distances(relative_keys, count, row_of(call.inputs[0], r) + heads.begin * d_head, d_head);
  for (std::int64_t head = heads.begin; head < heads.end; head++) {
    float* p = scores + (head - heads.begin) * stride;
    add_by_distance(relative_keys, head - heads.begin, query, past.length, p);
    softmax_scores(p, past.length, static_cast<float>(call.attributes[1]));
    sum_by_distance(relative_values, head - heads.begin, query, past.length, p);
    if (weights.floats)
      for (std::int64_t j = 0; j < past.length; j++) row_of(weights, pair + j)[head] = p[j];
  }
  cached_sum(row_of(call.outputs[0], r), scores, stride, call.inputs[2], past, heads, d_head);
  add_distance_rows(relative_values, count, row_of(call.outputs[0], r) + heads.begin * d_head, d_head);
}

// Threads share the heads of all rows, in one sequence.
void cached_attention(const Call& call, const Share& share) {
  const Matrix& ancestors = call.inputs[3];
  const Matrix& spans = call.inputs[4];
  const std::int64_t heads = static_cast<std::int64_t>(call.attributes[0]);
  const Range mine = part_of(spans.rows * heads, 1, share);
  std::int64_t pair = 0;
  for (std::int64_t r = 0; r < spans.rows; r++) {
    const std::int32_t* span = spans.integers + r * spans.stride;
    const Past past = {ancestors.integers + span[0] * ancestors.stride, ancestors.stride, span[1] - span[0]};
    const std::int64_t begin = mine.begin > r * heads ? mine.begin - r * heads : 0;
    const std::int64_t end = smaller(mine.end - r * heads, heads);
    if (begin < end) cached_row(call, r, past, {begin, end}, pair, share.scratch);
    pair += past.length;
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
