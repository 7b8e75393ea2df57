// The memory of calls besides their operands: its size, for the core, and the places of arrays in it, for the kernels.
// Functions are static, as in call.h.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"

namespace glassformer {

static inline std::int64_t rounded_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

// The stride of rows in scratch memory is a multiple of so many floats, so that each row begins a cache line.
constexpr int kScratchStep = 16;
static inline std::int64_t scratch_stride(std::int64_t floats) { return rounded_up(floats, kScratchStep); }
// Reserves `count` floats after the `floats` that are reserved already, and returns their place.
static inline std::int64_t take_floats(std::int64_t& floats, std::int64_t count) {
  const std::int64_t place = floats;
  floats += scratch_stride(count);
  return place;
}

// The number of query rows whose scores attention computes together; scratch memory holds their scores.
constexpr int kQueryBlock = 32;
// The most queries of a sentence whose heads are computed together; scratch memory holds a row of scores for each query
// and head.
constexpr int kGroupQueries = 8;
// The spare room of attention's scores: keys that are read after the last one, the most rows whose softmax is computed
// together, and the keys that are transposed together.
constexpr std::int64_t kMostSpareKeys = 3;
constexpr std::int64_t kMostSoftmaxRows = 8;
constexpr std::int64_t kPanelKeys = 16;
// A sentence of so many queries copies the keys and values of a head, because each block of queries reads all of them
// again. Rows of a matrix are so far apart that they would displace each other in the caches.
constexpr std::int64_t kCopyingQueries = 64;
static inline std::int64_t copied_floats(std::int64_t queries, std::int64_t keys, std::int64_t d_head) {
  return queries < kCopyingQueries ? 0 : 2 * keys * scratch_stride(d_head);
}

// The floats of a row of scores: those of keys, and after them those of side keys.
static inline std::int64_t side_stride(std::int64_t keys, std::int64_t side_keys) {
  return scratch_stride(keys) + scratch_stride(side_keys + kMostSpareKeys);
}

// Where disentangledAttention has the scores of a block of queries, with rows of their softmax; transposed keys; the products of these
// queries with the rows of distances; and those of all keys of a head. Rows of a table from the lowest to the highest are used; there are no
// more of them than distances of keys.
struct DisentangledPlaces {
  std::int64_t stride, distance_stride, scores, tile, panel, query_products, key_products, floats;
};
static inline DisentangledPlaces disentangled_places(const DisentangledAttentionArgs& args, std::int64_t keys) {
  const std::int64_t d_head = args.q.width / args.heads;
  const std::int64_t rows = args.position_keys.rows > args.position_queries.rows ? args.position_keys.rows : args.position_queries.rows;
  DisentangledPlaces at = {};
  at.stride = scratch_stride(keys + kMostSpareKeys);
  at.distance_stride = scratch_stride(rows + kMostSpareKeys);
  at.scores = take_floats(at.floats, kQueryBlock * at.stride);
  at.tile = take_floats(at.floats, kMostSoftmaxRows * at.stride);
  at.panel = take_floats(at.floats, kPanelKeys * d_head);
  at.query_products = take_floats(at.floats, args.position_keys.width ? kQueryBlock * at.distance_stride : 0);
  at.key_products = take_floats(at.floats, args.position_queries.width ? keys * at.distance_stride : 0);
  return at;
}

// The places of sideAttentionGradient's arrays: transposed side keys and side values of a head, the two biases by
// distance of a head, transposed keys and values of a span, and two blocks of scores with a row for each query.
struct SideGradientPlaces {
  std::int64_t side_keys, side_values, bias, side_bias, keys, values, weights, scores, floats;
};
static inline SideGradientPlaces side_gradient_places(const SideAttentionGradientArgs& args, std::int64_t keys, std::int64_t side_keys) {
  const std::int64_t d_head = args.q.width / args.heads;
  SideGradientPlaces at = {};
  at.side_keys = take_floats(at.floats, d_head * scratch_stride(side_keys));
  at.side_values = take_floats(at.floats, d_head * scratch_stride(side_keys));
  at.bias = take_floats(at.floats, args.distance_bias.rows);
  at.side_bias = take_floats(at.floats, args.side_bias.rows);
  at.keys = take_floats(at.floats, d_head * scratch_stride(keys));
  at.values = take_floats(at.floats, d_head * scratch_stride(keys));
  at.weights = take_floats(at.floats, kQueryBlock * side_stride(keys, side_keys));
  at.scores = take_floats(at.floats, kQueryBlock * side_stride(keys, side_keys));
  return at;
}

// The floats of a row of gates (noisy_row.h): six rows of doubles, and the columns ordered by their scores.
static inline std::int64_t gates_scratch(std::int64_t experts) { return 7 * scratch_stride(2 * experts); }

// The floats of routerLoss: two rows of doubles, and the experts ordered by their scores.
static inline std::int64_t routers_scratch(std::int64_t experts) { return 3 * scratch_stride(2 * experts); }

// The number of rows of a mixture that are computed together, and the places of their arrays: the list of the expert's
// rows, these rows of x and dy gathered, the hidden layer and its gradient, an output, and finally the memory of
// products.
constexpr std::int64_t kMixtureRows = 128;
struct MixtureScratch {
  std::int64_t list, x, dy, hidden, slope, out, product;
};
static inline MixtureScratch mixture_scratch(std::int64_t inputs, std::int64_t hidden, std::int64_t outputs) {
  MixtureScratch at = {};
  std::int64_t floats = 0;
  const auto take = [&](std::int64_t width) { return take_floats(floats, kMixtureRows * width); };
  at.list = take(1);
  at.x = take(inputs);
  at.dy = take(outputs);
  at.hidden = take(hidden);
  at.slope = take(hidden);
  at.out = take(inputs > outputs ? inputs : outputs);
  at.product = floats;
  return at;
}

// The floats of a packed block of each factor of a product: rows of a, columns of b.
constexpr std::int64_t kPackedRows = 128 * 1024;
constexpr std::int64_t kPackedColumns = 768 * 1024;

// How many rows of x a product with an encoded weight prepares at a time: as many as fit `bytes`, which the second
// cache keeps, but at least kFewestPrepared and at most `most`. The whole weight is read for each such block of rows,
// so that large blocks are best. Processors with AMX have a second cache of 2 MB.
constexpr std::int64_t kFewestPrepared = 16;
constexpr std::int64_t kMostPrepared = 512;
struct PreparedRows {
  std::int64_t bytes;
  std::int64_t most;
};
static inline PreparedRows prepared_rows(const Matrix& weight, const Call& call) {
  if (weight.encoding == Encoding::kFloat32Panels) return {400 * 1024, kMostPrepared};
  if (call.cpu.amx) return {1120 * 1024, kMostPrepared / 2};
  return {256 * 1024, kMostPrepared};
}
// The most floats of padding between two prepared rows.
constexpr std::int64_t kPreparedGap = 16;
// Prepared rows have memory for a multiple of so many rows: AMX reads whole registers of rows, and the rows after the
// last one are ignored.
constexpr std::int64_t kPreparedStep = 16;
// The floats of `count` prepared rows of x [width], in the largest format: the rows' scales, and then the rows.
static inline std::int64_t prepared_floats(std::int64_t count, std::int64_t width) {
  return scratch_stride(count) + rounded_up(count, kPreparedStep) * (rounded_up(width, kInt8Inputs) + kPreparedGap);
}

// Sparse rows (sparse_rows.h): how many rows are tested together; the share, one in kSparsePart, of the lines that a
// row may need on average; and the most passes over a row's lines, each of which ends its list with −1. A list has room
// for two vectors more: one is written before the list is found to be too long, and some lanes of another do not count.
constexpr std::int64_t kSparseRows = 16;
constexpr std::int64_t kSparsePart = 3;
constexpr std::int64_t kMostTurns = 4;
static inline std::int64_t sparse_floats(std::int64_t width) {
  const std::int64_t lines = rounded_up(width, kInt8Inputs);
  return scratch_stride(kSparseRows * (lines / kSparsePart + 1 + kMostTurns) + 2 * kScratchStep);
}

// The logits that crossEntropy and distillation hold at a time: whole tiles, and so many rows that the weight, which is
// packed again for each block of rows, is seldom read.
constexpr std::int64_t kMostLogits = 8 * 1024 * 1024;
constexpr std::int64_t kMostLogitRows = 512;
constexpr std::int64_t kLogitRowStep = 64;
// The number of rows of logits that are held at a time, with `width` logits in each.
static inline std::int64_t logit_rows(std::int64_t width) {
  const std::int64_t rows = kMostLogits / width / kLogitRowStep * kLogitRowStep;
  return rows > kMostLogitRows ? kMostLogitRows : rows < kLogitRowStep ? kLogitRowStep : rows;
}

// The number of ids of a tile of candidates, and the most rows whose logits of a tile exist at a time.
constexpr std::int64_t kVocabularyTile = 512;
constexpr std::int64_t kCandidateRows = 256;
static inline std::int64_t vocabulary_tiles(const Matrix& weight) { return (weight.rows + kVocabularyTile - 1) / kVocabularyTile; }
// Up to so many best logits are kept in order. More are kept unordered, with room for as many again (top_k.h).
constexpr std::int64_t kFewTopK = 16;
static inline std::int64_t room_for_top_k(std::int64_t k) { return k > kFewTopK ? 2 * k + 2 : k; }
// The places of the results that threads of candidates leave in common memory, in floats from its beginning. Keys and
// doubles take two floats each, integers one.
struct CandidatesPlaces {
  std::int64_t masses;   // [rows, 2, tiles]
  std::int64_t edited;   // [edits]
  std::int64_t top_k;  // [threads, top_k_step]: keys of each row, with the spare room that TopK needs
  std::int64_t top_k_step;
  std::int64_t values;  // [rows, k] doubles
  std::int64_t ids;  // [rows, k] integers
  std::int64_t prepared;  // prepared rows of x, if the weight is encoded
  std::int64_t floats;
};
static inline CandidatesPlaces candidates_places(const CandidatesArgs& args, int threads) {
  const Matrix& x = args.x;
  const std::int64_t kept = args.scores.rows;
  const bool encoded = args.weight.encoding != Encoding::kFloat32;
  CandidatesPlaces at = {};
  at.masses = take_floats(at.floats, 2 * x.rows * vocabulary_tiles(args.weight));
  at.edited = take_floats(at.floats, args.edits.rows);
  at.top_k_step = scratch_stride(x.rows > 0 ? 2 * x.rows * room_for_top_k(kept / x.rows) : 0);
  at.top_k = take_floats(at.floats, threads * at.top_k_step);
  at.values = take_floats(at.floats, 2 * kept);
  at.ids = take_floats(at.floats, kept);
  at.prepared = take_floats(at.floats, encoded ? prepared_floats(x.rows, x.width) : 0);
  return at;
}

// The places of a sentence's arrays in the scratch memory of listedCandidates; the memory of its candidates follows.
struct ListPlaces {
  std::int64_t bias;    // [ids]
  std::int64_t scales;  // [ids]
  std::int64_t sums;    // [ids]
  std::int64_t edits;   // [edits, 3]
  std::int64_t values;  // [edits]
  std::int64_t scores;  // [kept]
  std::int64_t places;  // [kept]
  std::int64_t floats;
};
static inline ListPlaces list_places(std::int64_t ids, std::int64_t edits, std::int64_t kept) {
  ListPlaces at = {};
  at.bias = take_floats(at.floats, ids);
  at.scales = take_floats(at.floats, ids);
  at.sums = take_floats(at.floats, ids);
  at.edits = take_floats(at.floats, 3 * edits);
  at.values = take_floats(at.floats, edits);
  at.scores = take_floats(at.floats, kept);
  at.places = take_floats(at.floats, kept);
  return at;
}

}  // namespace glassformer
