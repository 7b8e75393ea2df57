// candidates: output projection, log-softmax, edits and the k best ids of each row, over fixed tiles of the vocabulary.
// The logits of a tile are used while the cache holds them, and then overwritten.
//
// The result does not depend on the threads: a tile's sum of exponentials has the same order on any thread, tiles are
// added in their order, and the best ids do not depend on the order in which logits are compared.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/candidates/edits.h"
#include "kernels/candidates/top_k.h"
#include "kernels/candidates/top_scores.h"
#include "kernels/ops.h"
#include "kernels/panels/encoded_linear.h"
#include "kernels/panels/packed.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

static_assert(kVocabularyTile % kPackedOutputs == 0, "a tile begins at a panel of an encoded weight");

// The fewest rows for which one thread prepares rows for the others.
constexpr std::int64_t kPreparedTogether = 8;

// The operands, and sizes that follow from them.
struct Candidates {
  const Matrix& x;
  const Matrix& weight;
  const Matrix& bias;
  const Matrix& edits;
  const Matrix& values;
  const Matrix& scores;
  const Matrix& ids;
  Normalize normalize;
  double scale;
  std::int64_t k;
  std::int64_t tiles;
};

inline Candidates candidates_of(const CandidatesArgs& args) {
  return {args.x,  args.weight,  args.bias,  args.edits,
          args.values,  args.scores, args.ids, args.normalize,
          args.scale, args.scores.rows / args.x.rows, vocabulary_tiles(args.weight)};
}

// A sum of exponentials, Σ exp(value) = exp(max) · sum.
struct Mass {
  double max;
  double sum;
};

inline void add_mass(Mass& mass, double max, double sum) {
  if (max == -kInfinity) return;
  if (max > mass.max) {
    mass = {max, sum + (mass.sum ? mass.sum * natural_exponential(mass.max - max) : 0)};
  } else {
    mass.sum += sum * natural_exponential(max - mass.max);
  }
}

inline double log_of(const Mass& mass) { return mass.max == -kInfinity ? mass.max : mass.max + natural_logarithm(mass.sum); }

// The results of all threads, in common memory (CandidatesPlaces).
struct ThreadResults {
  float* masses;  // for each row the highest logit of each tile, then each Σ exp(logit − highest), without edited ids
  float* edited;  // the logits of edited ids
  float* top_k;
  std::int64_t top_k_step;
  float* values;
  float* ids;
  float* prepared;
};

ThreadResults thread_results_in(float* common, const CandidatesArgs& args, int threads) {
  const CandidatesPlaces at = candidates_places(args, threads);
  return {common + at.masses, common + at.edited, common + at.top_k, at.top_k_step,
          common + at.values, common + at.ids,    common + at.prepared};
}

// The highest logits of row r that a thread has found, without edited ids.
TopK top_k_of(const ThreadResults& results, const Candidates& c, int thread, std::int64_t r) {
  return {reinterpret_cast<std::int64_t*>(results.top_k + thread * results.top_k_step) + r * room_for_top_k(c.k), c.k};
}

TopScores top_scores_of(const ThreadResults& results, const Candidates& c, std::int64_t r) {
  return {reinterpret_cast<double*>(results.values) + r * c.k, reinterpret_cast<std::int32_t*>(results.ids) + r * c.k, c.k};
}

// Moves the logits of row r's edited ids to `edited`, and writes −∞ in their place. The edits of row r begin at `edit`,
// and `logits` belong to the ids of a tile. Returns the first edit of a later row.
std::int64_t set_edited_aside(float* logits, const Candidates& c, std::int64_t r, std::int64_t edit, Range tile, float* edited) {
  std::int64_t e = edit;
  for (; e < c.edits.rows && edit_at(c.edits, e)[0] == r; e++) {
    const std::int64_t id = edit_at(c.edits, e)[1];
    if (id < tile.begin || id >= tile.end) continue;
    edited[e] = logits[id - tile.begin];
    logits[id - tile.begin] = -kInfinity;
  }
  return e;
}

// logits [rows, ids], computed by the kernel that linear would use.
Matrix logits_of(const CandidatesArgs& args, const Candidates& c, Range rows, Range ids, float* prepared, float* memory) {
  const std::int64_t width = ids.length();
  const Matrix logits = {memory, nullptr, nullptr, rows.length(), width, rounded_up(width, kVocabularyTile)};
  LinearArgs projection = {};
  static_cast<Call&>(projection) = args;
  projection.x = some_rows(c.x, rows.begin, logits.rows);
  projection.weight = weight_rows(c.weight, ids.begin, width);
  if (c.bias.floats) projection.bias = {c.bias.floats + ids.begin, nullptr, nullptr, 1, width, width};
  projection.out = logits;
  projection.activation = kNone;
  projection.scale = c.scale;
  if (c.weight.encoding != Encoding::kFloat32) prepared_linear(projection, prepared, c.x.rows, rows.begin);
  else linear(projection, whole_call(memory + kCandidateRows * kVocabularyTile, nullptr));
  return logits;
}

// The number of rows of a tile that are read together: a single row would wait for its own highest logit.
constexpr int kRowsTogether = kLanes == 16 ? 4 : 2;

// highest [m] ← the highest logit of each row of logits [m, width]
template <int m>
inline void tile_highest(float* highest, const float* logits, std::int64_t stride, std::int64_t width) {
  Vec of[m][kParts];
  GLASSFORMER_UNROLL
  for (auto& row : of)
    for (Vec& part : row) part = broadcast(-kInfinity);
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++)
      of[r][part] = max(keep(load(logits + r * stride + i, n), broadcast(-kInfinity), n), of[r][part]);
  });
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++) {
    Vec all = of[r][0];
    for (int part = 1; part < kParts; part++) all = max(all, of[r][part]);
    highest[r] = max_of(all);
  }
}

// masses [m] ← Σ exp(logit − highest) of each row; 0 if all logits are −∞. Meanwhile the rows at `ahead` are prefetched
// from the second cache.
template <int m>
inline void tile_masses(float* masses, const float* highest, const float* logits, std::int64_t stride, std::int64_t width,
                        const float* ahead) {
  Lanes total[m] = {};
  Vec most[m];
  GLASSFORMER_UNROLL
  for (int r = 0; r < m; r++) most[r] = broadcast(highest[r]);
  for_lanes(width, [&](std::int64_t i, int part, auto n) {
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) {
      prefetch_first(ahead + r * stride + i);
      const Vec mass = exp_below(load(logits + r * stride + i, n) - most[r]);
      total[r].part[part] = total[r].part[part] + keep(mass, broadcast(0), n);
    }
  });
  if constexpr (m == 4) store_sums(masses, total);
  else for (int r = 0; r < m; r++) masses[r] = sum(total[r]);
  for (int r = 0; r < m; r++)
    if (highest[r] == -kInfinity) masses[r] = 0;
}

void scan_tile(const Matrix& logits, const Candidates& c, Range rows, std::int64_t tile, const ThreadResults& results,
                  int thread) {
  const std::int64_t first = tile * kVocabularyTile;
  std::int64_t edit = first_edit(c.edits, rows.begin);
  for_rows<kRowsTogether>(logits.rows, [&](std::int64_t begin, auto m) {
    float* some = row_of(logits, begin);
    const std::int64_t stride = logits.stride;
    const std::int64_t row = rows.begin + begin;
    for (int r = 0; r < m(); r++)
      edit = set_edited_aside(some + r * stride, c, row + r, edit, {first, first + logits.width}, results.edited);
    float highest[m()];
    float sums[m()];
    tile_highest<m()>(highest, some, stride, logits.width);
    tile_masses<m()>(sums, highest, some, stride, logits.width, begin + m() < logits.rows ? some + m() * stride : some);
    for (int r = 0; r < m(); r++) {
      float* masses = results.masses + 2 * (row + r) * c.tiles + tile;
      masses[0] = highest[r];
      masses[c.tiles] = sums[r];
      offer_row(top_k_of(results, c, thread, row + r), some + r * stride, logits.width, first, highest[r]);
    }
  });
}

inline Range ids_of(const Candidates& c, Range tiles) {
  return {tiles.begin * kVocabularyTile, smaller(tiles.end * kVocabularyTile, c.weight.rows)};
}

// One product computes tiles for at most so many rows times tiles, whose logits the first cache keeps: several tiles at
// once, because a stream of weights stalls where a product ends.
constexpr std::int64_t kCachedRows = 16;
static_assert(kCachedRows <= kCandidateRows, "scratch has room for a tile of so many rows");
inline std::int64_t tiles_at_once(std::int64_t rows) { return rows < kCachedRows ? kCachedRows / rows : 1; }

// Computes the partition's tiles. It reads their part of the weight once for every kCandidateRows rows.
void project(const CandidatesArgs& args, const Candidates& c, const ThreadResults& results, const Partition& partition) {
  const Range tiles = part_of(c.tiles, 1, partition);
  for (std::int64_t row = 0; row < c.x.rows; row += kCandidateRows) {
    const Range rows = {row, smaller(row + kCandidateRows, c.x.rows)};
    const std::int64_t step = tiles_at_once(rows.length());
    for (std::int64_t first = tiles.begin; first < tiles.end; first += step) {
      const Range some = {first, smaller(first + step, tiles.end)};
      Matrix logits = logits_of(args, c, rows, ids_of(c, some), results.prepared, partition.scratch);
      for (std::int64_t tile = some.begin; tile < some.end; tile++, logits.floats += kVocabularyTile) {
        logits.width = ids_of(c, {tile, tile + 1}).length();
        scan_tile(logits, c, rows, tile, results, partition.thread);
      }
    }
  }
}

// Calls use(id, logit, score) for each edited id of row r. The score is logit − norm after all edits of the id.
template <class Use>
void for_edited(const Candidates& c, std::int64_t r, const float* edited, double norm, Use use) {
  const std::int64_t begin = first_edit(c.edits, r);
  std::int64_t end = begin;
  while (end < c.edits.rows && edit_at(c.edits, end)[0] == r) end++;
  for (std::int64_t e = begin; e < end; e++) {
    const std::int32_t id = edit_at(c.edits, e)[1];
    std::int64_t earlier = begin;
    while (edit_at(c.edits, earlier)[1] != id) earlier++;
    if (earlier < e) continue;
    double score = edited[e] - norm;
    for (std::int64_t later = e; later < end; later++)
      if (edit_at(c.edits, later)[1] == id) score = edited_score<double>(score, edit_at(c.edits, later)[2], *row_of(c.values, later));
    use(id, edited[e], score);
  }
}

// The mass of all ids of a row that are not edited. masses [2, tiles] are those of its tiles, which are added in their
// order, whichever threads computed them.
Mass mass_of(const float* masses, std::int64_t tiles) {
  const float max = row_max(masses, tiles);
  if (max == -kInfinity) return {-kInfinity, 0};
  Lanes total = {};
  for_lanes(tiles, [&](std::int64_t i, int part, auto n) {
    const Vec factor = exp_below(load(masses + i, n) - broadcast(max));
    total.part[part] = keep(fma(factor, load(masses + tiles + i, n), total.part[part]), total.part[part], n);
  });
  return {max, sum(total)};
}

// Merges the threads' results for row r.
void finish_candidates(const Candidates& c, std::int64_t r, const ThreadResults& results, int threads) {
  const Mass others = mass_of(results.masses + 2 * r * c.tiles, c.tiles);
  double before = 0;
  if (c.normalize != kAfter) {
    Mass all = others;
    for_edited(c, r, results.edited, 0, [&](std::int32_t, float logit, double) { add_mass(all, logit, 1); });
    before = log_of(all);
  }
  const TopK top_k = top_k_of(results, c, 0, r);
  for (int thread = 1; thread < threads; thread++) merge(top_k, top_k_of(results, c, thread, r));
  const TopScores best = top_scores_of(results, c, r);
  finish(top_k, reinterpret_cast<std::int64_t*>(best.values));
  take(best, top_k);
  if (before != 0) subtract(best, before);
  Mass all = {others.max - before, others.sum};
  for_edited(c, r, results.edited, before, [&](std::int32_t id, float, double score) {
    offer(best, score, id);
    add_mass(all, score, 1);
  });
  take_lowest_ids(best, top_k.keys);
  const double after = c.normalize == kBefore ? 0 : log_of(all);
  const double subtracted = after > -kInfinity ? after : 0;  // so that no score becomes NaN
  for (std::int64_t i = 0; i < c.k; i++) {
    *row_of(c.scores, r * c.k + i) = static_cast<float>(best.values[i] - subtracted);
    c.ids.integers_out[(r * c.k + i) * c.ids.stride] = best.ids[i];
  }
}

}  // namespace

void candidates(const CandidatesArgs& args, const Partition& partition) {
  if (args.x.rows == 0) return;
  const Candidates c = candidates_of(args);
  const ThreadResults results = thread_results_in(partition.common, args, partition.threads);
  for (int thread = 0; thread < partition.threads; thread++)
    for (std::int64_t r = 0; r < c.x.rows; r++) reset(top_k_of(results, c, thread, r));
  if (c.weight.encoding != Encoding::kFloat32)
    in_parts(partition, c.x.rows / kPreparedTogether, [&](const Partition& part) { prepare_in_common(c.x, c.weight, args, results.prepared, part); });
  in_parts(partition, c.tiles, [&](const Partition& part) { project(args, c, results, part); });
  in_parts(partition, c.x.rows, [&](const Partition& part) {
    const Range rows = part_of(c.x.rows, 1, part);
    for (std::int64_t r = rows.begin; r < rows.end; r++) finish_candidates(c, r, results, partition.threads);
  });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
