// attentionGradient: the softmax again, sentence by sentence and head by head, some queries at a time.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// p(r, j) of a small factor is at [r · row_step + j · step].
struct Small {
  const float* at;
  std::int64_t row_step;
  std::int64_t step;
};

// z [m, columns] ← (add ? z : 0) + p [m, count] · x [count, columns], one or two vectors of columns.
template <int m, int vectors, class N>
inline void small_tile(float* z, std::int64_t z_stride, const Small& p, const float* x, std::int64_t x_stride,
                       std::int64_t count, bool add, N n) {
  Vec sums[m][vectors];
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++)
    for (int v = 0; v < vectors; v++) sums[r][v] = add ? load(z + r * z_stride + v * kLanes, n) : broadcast(0);
  for (std::int64_t j = 0; j < count; j++) {
    Vec values[vectors];
    for (int v = 0; v < vectors; v++) values[v] = load(x + j * x_stride + v * kLanes, n);
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) {
      const Vec factor = broadcast(p.at[r * p.row_step + j * p.step]);
      for (int v = 0; v < vectors; v++) sums[r][v] = fma(factor, values[v], sums[r][v]);
    }
  }
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++)
    for (int v = 0; v < vectors; v++) store(z + r * z_stride + v * kLanes, sums[r][v], n);
}

template <int m>
void small_rows(float* z, std::int64_t z_stride, const Small& p, const float* x, std::int64_t x_stride, std::int64_t count,
                std::int64_t width, bool add) {
  std::int64_t i = 0;
  for (; i + 2 * kLanes <= width; i += 2 * kLanes)
    small_tile<m, 2>(z + i, z_stride, p, x + i, x_stride, count, add, Whole{});
  for_columns(width - i, [&](std::int64_t rest, auto n) {
    small_tile<m, 1>(z + i + rest, z_stride, p, x + i + rest, x_stride, count, add, n);
  });
}

// z [rows, width] ← (add ? z : 0) + p [rows, count] · x [count, width]
void small_product(float* z, std::int64_t z_stride, std::int64_t rows, const Small& p, const float* x,
                   std::int64_t x_stride, std::int64_t count, std::int64_t width, bool add) {
  std::int64_t r = 0;
  const auto from = [&](std::int64_t row) { return Small{p.at + row * p.row_step, p.row_step, p.step}; };
  for (; r + 4 <= rows; r += 4) small_rows<4>(z + r * z_stride, z_stride, from(r), x, x_stride, count, width, add);
  for (; r < rows; r++) small_rows<1>(z + r * z_stride, z_stride, from(r), x, x_stride, count, width, add);
}

// Columns of one head in some rows of a matrix.
inline float* head_rows(const Matrix& m, std::int64_t row, std::int64_t column) { return row_of(m, row) + column; }

// One sentence and head; rows are of q and dz (queries), of k, v, dk and dv (keys).
struct Sentence {
  std::int64_t query_row;
  std::int64_t queries;
  std::int64_t key_row;
  std::int64_t keys;
  std::int64_t head;
  std::int64_t d_head;
};

// p, d [keys] of one query, which sees the first `seen` of them. In: scores and dz · v. Out: p, the weights that dv gets, and d, the
// gradients of the scores.
void score_gradients(float* p, float* d, std::int64_t seen, std::int64_t keys, float scale, bool drops, std::uint32_t key,
                     const Drop& drop) {
  softmax_scores(p, seen, scale);
  if (drops) drop_row(d, seen, key, drop);
  const Vec total = broadcast(row_product(p, d, seen));
  for_columns(seen, [&](std::int64_t j, auto n) {
    store(d + j, broadcast(scale) * load(p + j, n) * (load(d + j, n) - total), n);
  });
  if (drops) drop_row(p, seen, key, drop);
  for (std::int64_t j = seen; j < keys; j++) p[j] = d[j] = 0;
}

// Queries [first, first + count) of a sentence. `scratch`: 2 · kGradientQueries rows of scratch_stride(keys).
void attention_gradient_block(const Call& call, const Sentence& s, std::int64_t first, std::int64_t count, float* scratch) {
  const std::int64_t column = s.head * s.d_head;
  const std::int64_t stride = scratch_stride(s.keys);
  const std::int64_t row = s.query_row + first;
  const Matrix &q = call.inputs[0], &k = call.inputs[1], &v = call.inputs[2], &dz = call.inputs[5];
  const Matrix &dq = call.outputs[0], &dk = call.outputs[1], &dv = call.outputs[2];
  float* p = scratch;
  float* d = scratch + count * stride;
  const float* keys = head_rows(k, s.key_row, column);
  multiply(count, s.keys, s.d_head, head_rows(q, row, column), q.stride, keys, k.stride, p, stride, nullptr);
  multiply(count, s.keys, s.d_head, head_rows(dz, row, column), dz.stride, head_rows(v, s.key_row, column), v.stride, d,
           stride, nullptr);
  const float scale = static_cast<float>(call.attributes[1]);
  const bool causal = call.attributes[2] != 0;
  const bool drops = call.attributes[3] != 0;
  const std::int64_t heads = static_cast<std::int64_t>(call.attributes[0]);
  const std::int32_t seed = drops ? integer_at(call.inputs[6], 0) : 0;
  for (std::int64_t r = 0; r < count; r++) {
    const std::int64_t seen = causal ? smaller(first + r + 1, s.keys) : s.keys;
    const std::uint32_t key = row_key(seed, call.attributes[4], (row + r) * heads + s.head);
    score_gradients(p + r * stride, d + r * stride, seen, s.keys, scale, drops, key, drop_of(call.attributes[3]));
  }
  const bool add = first > 0;
  small_product(head_rows(dq, row, column), dq.stride, count, {d, stride, 1}, keys, k.stride, s.keys, s.d_head, false);
  small_product(head_rows(dk, s.key_row, column), dk.stride, s.keys, {d, 1, stride}, head_rows(q, row, column), q.stride,
                count, s.d_head, add);
  small_product(head_rows(dv, s.key_row, column), dv.stride, s.keys, {p, 1, stride}, head_rows(dz, row, column), dz.stride,
                count, s.d_head, add);
}

inline void clear_rows(const Matrix& m, std::int64_t begin, std::int64_t end) {
  for (std::int64_t r = begin; r < end; r++)
    for_columns(m.width, [&](std::int64_t i, auto n) { store(row_of(m, r) + i, broadcast(0), n); });
}

void attention_gradient_head(const Call& call, const Sentence& s, float* scratch) {
  for (std::int64_t first = 0; first < s.queries; first += kGradientQueries)
    attention_gradient_block(call, s, first, smaller(kGradientQueries, s.queries - first), scratch);
}

// Threads take sentences and heads in turn, and the rows between the keys of two sentences.
void attention_gradient(const Call& call, const Share& share) {
  const Matrix& queries = call.inputs[3];
  const Matrix& keys = call.inputs[4];
  const Matrix& dk = call.outputs[1];
  const Matrix& dv = call.outputs[2];
  const std::int64_t heads = static_cast<std::int64_t>(call.attributes[0]);
  std::int64_t end = 0;
  std::int64_t turn = 0;
  const auto clear = [&](std::int64_t begin) {
    if (share.thread != 0) return;
    clear_rows(dk, end, begin);
    clear_rows(dv, end, begin);
  };
  for (std::int64_t b = 0; b < queries.rows; b++) {
    const std::int32_t* query_span = queries.integers + b * queries.stride;
    const std::int32_t* key_span = keys.integers + b * keys.stride;
    // Keys without queries are cleared with the rows behind them.
    clear(key_span[0]);
    end = query_span[0] < query_span[1] ? key_span[1] : key_span[0];
    for (std::int64_t head = 0; head < heads; head++)
      if (turn++ % share.threads == share.thread)
        attention_gradient_head(call, {query_span[0], query_span[1] - query_span[0], key_span[0], key_span[1] - key_span[0],
                                       head, dk.width / heads}, share.scratch);
  }
  clear(dk.rows);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
