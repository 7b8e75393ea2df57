// How much memory a call needs beside its operands, for the core, and where things lie in that memory, for the kernels. Functions are
// static, as those of call.h.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"

namespace glassformer {

static inline std::int64_t rounded_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

// The floats from row to row of scratch memory are a multiple of this, so that each row begins a line of the caches.
constexpr int kScratchStep = 16;
static inline std::int64_t scratch_stride(std::int64_t floats) { return rounded_up(floats, kScratchStep); }
// Takes the next `count` floats behind the `floats` that are taken already, and returns their place.
static inline std::int64_t take_floats(std::int64_t& floats, std::int64_t count) {
  const std::int64_t place = floats;
  floats += scratch_stride(count);
  return place;
}

// Query rows that attention scores together: its scratch holds that many rows of scores.
constexpr int kQueryBlock = 32;
// The most queries of a sentence whose heads go together: scratch memory holds a row of scores for each of their heads.
constexpr int kGroupQueries = 8;
// The room that scores of attention have beside them: keys that are read past the last one, rows whose softmax is taken together, and keys
// that are transposed together.
constexpr std::int64_t kMostSpareKeys = 3;
constexpr std::int64_t kMostSoftmaxRows = 8;
constexpr std::int64_t kPanelKeys = 16;
// A sentence of this many queries copies the keys and values of a head: rows of a matrix lie so far apart that each would take the place of
// others in the caches, and each block of queries reads all of them again.
constexpr std::int64_t kCopyingQueries = 64;
static inline std::int64_t copied_floats(std::int64_t queries, std::int64_t keys, std::int64_t d_head) {
  return queries < kCopyingQueries ? 0 : 2 * keys * scratch_stride(d_head);
}

// The floats of a row of scores of keys and, behind them, of side keys.
static inline std::int64_t side_stride(std::int64_t keys, std::int64_t side_keys) {
  return scratch_stride(keys) + scratch_stride(side_keys + kMostSpareKeys);
}

// Where sideAttentionGradient has the transposed side keys and values of a head, the biases by distance of a head, the transposed keys and
// values of a span, and two blocks of scores with a row for each query.
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

// Where the scores of a row of gates lie: six rows of doubles, and the columns in the order of their scores.
static inline std::int64_t gates_scratch(std::int64_t experts) { return 7 * scratch_stride(2 * experts); }

// Where routerLoss has its doubles, three for each expert.
static inline std::int64_t routers_scratch(std::int64_t experts) { return 3 * scratch_stride(2 * experts); }

// Rows of a mixture that are computed together, and where they lie: the rows of an expert, gathered, with their gradients, and the hidden
// layer with its own; the last of them is the memory of products.
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

// The floats of a packed block of each factor of a product.
constexpr std::int64_t kPackedRows = 128 * 1024;
constexpr std::int64_t kPackedColumns = 768 * 1024;

// The rows of x that a product with an encoded weight prepares at a time: as many bytes as the second cache keeps, within kFewestPrepared
// and `most` rows. The whole weight is read for each such block, so that large blocks are best. Processors with tiles have a second cache
// of 2 MB.
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
// The most floats between prepared rows.
constexpr std::int64_t kPreparedGap = 16;
// There is room for a multiple of this many prepared rows: tiles read whole registers of rows, and ignore rows behind the last one.
constexpr std::int64_t kPreparedStep = 16;
// The floats that `count` prepared rows of x [width] take, whatever the encoding of the weight that they meet: scales, and then rows.
static inline std::int64_t prepared_floats(std::int64_t count, std::int64_t width) {
  return scratch_stride(count) + rounded_up(count, kPreparedStep) * (rounded_up(width, kInt8Inputs) + kPreparedGap);
}

// The number of rows that are found sparse together (sparse_rows.h); they may meet one line in kSparsePart; and the most turns in which
// lines are added. A list has room for two vectors more: one is written before the list is known to be too long, and not every lane of one
// counts.
constexpr std::int64_t kSparseRows = 16;
constexpr std::int64_t kSparsePart = 3;
constexpr std::int64_t kMostTurns = 4;
static inline std::int64_t sparse_floats(std::int64_t width) {
  const std::int64_t lines = rounded_up(width, kInt8Inputs);
  return scratch_stride(kSparseRows * (lines / kSparsePart + 1 + kMostTurns) + 2 * kScratchStep);
}

// The logits that crossEntropy and distillation hold at a time: whole tiles, and so many rows that the weight, which is packed for each
// block of them, is seldom read.
constexpr std::int64_t kMostLogits = 8 * 1024 * 1024;
constexpr std::int64_t kMostLogitRows = 512;
constexpr std::int64_t kLogitRowStep = 64;
// The rows of logits that are held at a time, `width` in each.
static inline std::int64_t logit_rows(std::int64_t width) {
  const std::int64_t rows = kMostLogits / width / kLogitRowStep * kLogitRowStep;
  return rows > kMostLogitRows ? kMostLogitRows : rows < kLogitRowStep ? kLogitRowStep : rows;
}

// The ids of a tile of candidates, and the most rows whose logits of a tile exist at a time.
constexpr std::int64_t kVocabularyTile = 512;
constexpr std::int64_t kCandidateRows = 256;
static inline std::int64_t vocabulary_tiles(const Matrix& weight) { return (weight.rows + kVocabularyTile - 1) / kVocabularyTile; }
// Up to this many best logits are kept in order. More are kept in no order, with room for others (top_k.h).
constexpr std::int64_t kFewTopK = 16;
static inline std::int64_t room_for_top_k(std::int64_t k) { return k > kFewTopK ? 2 * k + 2 : k; }
// Where the threads of candidates leave their results in common memory, in floats from its beginning. Keys and doubles take two floats,
// integers one.
struct CandidatesPlaces {
  std::int64_t masses;   // [rows, 2, tiles]
  std::int64_t edited;   // [edits]
  std::int64_t top_k;    // [threads]: keys for each row, and room for others
  std::int64_t top_k_step;
  std::int64_t values;    // k doubles for each row
  std::int64_t ids;       // k integers for each row
  std::int64_t prepared;  // all rows, where the weight is encoded
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

// Where listedCandidates holds the data of a sentence in scratch memory, before the memory of its candidates.
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
