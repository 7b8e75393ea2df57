// listedCandidates: candidates among the ids of a list. Each sentence has a list, for whose ids rows of the weight have
// been copied next to each other.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/candidates/edits.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The memory of a sentence besides that of its candidates (ListPlaces).
struct ListMemory {
  float* bias;
  float* scales;
  std::int32_t* sums;
  std::int32_t* edits;
  float* values;
  float* scores;
  std::int32_t* places;
  float* rest;
};

struct List {
  Range rows;  // of x
  Range ids;   // of listedIds
  std::int64_t kept;
};

inline ListMemory list_memory_in(float* memory, const List& list, std::int64_t edits) {
  const ListPlaces at = list_places(list.ids.length(), edits, (list.rows.length()) * list.kept);
  const auto integers = [&](std::int64_t place) { return reinterpret_cast<std::int32_t*>(memory + place); };
  return {memory + at.bias,   memory + at.scales, integers(at.sums),   integers(at.edits),
          memory + at.values, memory + at.scores, integers(at.places), memory + at.floats};
}

// The place of an id in a list, whose ids ascend; −1 if it is not in the list.
inline std::int64_t place_of(const Matrix& ids, const Range& list, std::int32_t id) {
  std::int64_t low = list.begin;
  std::int64_t high = list.end;
  while (low < high) {
    const std::int64_t middle = (low + high) / 2;
    if (integer_at(ids, middle) < id) low = middle + 1;
    else high = middle;
  }
  return low < list.end && integer_at(ids, low) == id ? low - list.begin : -1;
}

// The listed rows as a weight of their own.
Matrix listed_weight(const ListedCandidatesArgs& args, const Range& list, const ListMemory& memory) {
  const Matrix& weight = args.weight;
  const Matrix& listed = args.listed;
  Matrix part = weight;
  part.rows = list.length();
  if (weight.encoding == Encoding::kFloat32) {
    part.floats = row_of(listed, list.begin);
    part.stride = listed.stride;
    return part;
  }
  part.packed = row_of(listed, list.begin);
  if (weight.scales) {
    for (std::int64_t i = 0; i < part.rows; i++) memory.scales[i] = weight.scales[integer_at(args.listed_ids, list.begin + i)];
    part.scales = memory.scales;
  }
  if (weight.sums) {
    for (std::int64_t i = 0; i < part.rows; i++) memory.sums[i] = weight.sums[integer_at(args.listed_ids, list.begin + i)];
    part.sums = memory.sums;
  }
  return part;
}

// Copies the edits of the sentence's rows whose ids are listed; rows count from 0, and places in the list replace ids.
// Returns the number of edits.
std::int64_t listed_edits(const ListedCandidatesArgs& args, const List& list, const ListMemory& memory) {
  const Matrix& edits = args.edits;
  std::int64_t count = 0;
  for (std::int64_t e = first_edit(edits, list.rows.begin); e < edits.rows && edit_at(edits, e)[0] < list.rows.end; e++) {
    const std::int32_t* edit = edit_at(edits, e);
    const std::int64_t place = place_of(args.listed_ids, list.ids, edit[1]);
    if (place < 0) continue;
    std::int32_t* to = memory.edits + 3 * count;
    to[0] = edit[0] - static_cast<std::int32_t>(list.rows.begin);
    to[1] = static_cast<std::int32_t>(place);
    to[2] = edit[2];
    memory.values[count++] = *row_of(args.values, e);
  }
  return count;
}

// Replaces places by ids. Places that a short list does not fill get −∞ and the id −1.
void put_listed(const ListedCandidatesArgs& args, const List& list, const ListMemory& memory, std::int64_t k) {
  const Matrix& ids = args.ids;
  for (std::int64_t r = list.rows.begin; r < list.rows.end; r++)
    for (std::int64_t i = 0; i < k; i++) {
      const std::int64_t from = (r - list.rows.begin) * list.kept + i;
      const bool found = i < list.kept;
      *row_of(args.scores, r * k + i) = found ? memory.scores[from] : -kInfinity;
      ids.integers_out[(r * k + i) * ids.stride] =
          found ? integer_at(args.listed_ids, list.ids.begin + memory.places[from]) : -1;
    }
}

void list_candidates(const ListedCandidatesArgs& args, const List& list, std::int64_t k, const Partition& partition) {
  const ListMemory memory = list_memory_in(partition.scratch, list, args.edits.rows);
  const std::int64_t count = list.ids.length();
  const std::int64_t rows = list.rows.length();
  if (rows > 0 && count > 0) {
    CandidatesArgs inner = {};
    static_cast<Call&>(inner) = args;
    inner.x = some_rows(args.x, list.rows.begin, rows);
    inner.weight = listed_weight(args, list.ids, memory);
    if (args.bias.floats) {
      for (std::int64_t i = 0; i < count; i++)
        memory.bias[i] = args.bias.floats[integer_at(args.listed_ids, list.ids.begin + i)];
      inner.bias = {memory.bias, nullptr, nullptr, 1, count, count};
    }
    const std::int64_t edits = listed_edits(args, list, memory);
    inner.edits = {nullptr, memory.edits, nullptr, edits, 3, 3};
    inner.values = {memory.values, nullptr, nullptr, edits, 1, 1};
    inner.scores = {memory.scores, nullptr, nullptr, rows * list.kept, 1, 1};
    inner.ids = {nullptr, memory.places, memory.places, rows * list.kept, 1, 1};
    inner.normalize = args.normalize;
    inner.scale = args.scale;
    candidates(inner, whole_call(memory.rest + candidates_places(inner, 1).floats, memory.rest));
  }
  put_listed(args, list, memory, k);
}

}  // namespace

// Threads share the sentences.
void listed_candidates(const ListedCandidatesArgs& args, const Partition& partition) {
  if (args.x.rows == 0) return;
  const std::int64_t k = args.scores.rows / args.x.rows;
  const Matrix& lists = args.lists;
  const Matrix& queries = args.queries;
  const Range sentences = part_of(queries.rows, 1, partition);
  for (std::int64_t b = sentences.begin; b < sentences.end; b++) {
    const Range ids = span_of(lists, b);
    list_candidates(args, {span_of(queries, b), ids, smaller(k, ids.length())}, k, partition);
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
