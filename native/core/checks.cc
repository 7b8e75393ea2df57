#include "core/checks.h"

#include <algorithm>
#include <string>

#include "core/failure.h"
#include "core/packed_layout.h"
#include "core/spans.h"
#include "kernels/scratch.h"

namespace glassformer {

namespace {

std::string text(std::int64_t value) { return std::to_string(value); }

// Every value of a column lies in [low, high).
void check_range(const char* what, const Matrix& m, std::int64_t column, std::int64_t low, std::int64_t high) {
  for (std::int64_t r = 0; r < m.rows; r++) {
    const std::int64_t value = m.integers[r * m.stride + column];
    if (value < low || value >= high)
      refuse(std::string(what) + " " + text(value) + " at row " + text(r) + " is outside [" + text(low) + ", " + text(high) + ")");
  }
}

// Every row is [begin, end) inside `limit` rows.
void check_spans(const char* what, const Matrix& spans, std::int64_t limit) {
  for (std::int64_t r = 0; r < spans.rows; r++) {
    const std::int64_t begin = begin_of(spans, r);
    const std::int64_t end = end_of(spans, r);
    if (begin < 0 || begin > end || end > limit)
      refuse(std::string(what) + " [" + text(begin) + ", " + text(end) + ") at row " + text(r) + " is no span of " +
             text(limit) + " rows");
  }
}

// The query spans lie one behind the other and cover all rows.
void check_tiling(const Matrix& queries, std::int64_t rows) {
  std::int64_t end = 0;
  for (std::int64_t b = 0; b < queries.rows; b++) {
    if (begin_of(queries, b) != end)
      refuse("queries at row " + text(b) + " begin at " + text(begin_of(queries, b)) + ", not at " + text(end));
    end = end_of(queries, b);
  }
  if (end != rows) refuse("queries cover " + text(end) + " of " + text(rows) + " rows");
}

void check_sentences(const Call& call) {
  check_spans("queries", call.inputs[3], call.inputs[0].rows);
  check_spans("keys", call.inputs[4], call.inputs[1].rows);
  check_tiling(call.inputs[3], call.inputs[0].rows);
}

void check_pairs(const Matrix& weights, std::int64_t pairs) {
  if (weights.width && weights.rows != pairs) refuse("P is " + text(weights.rows) + ", there are " + text(pairs) + " pairs");
}

// position + offset is a row of the table; neither may be given.
void check_positions(const Matrix& positions, const Matrix& table, double position_offset) {
  if (!positions.width) return;
  const std::int64_t offset = static_cast<std::int64_t>(position_offset);
  check_range("position", positions, 0, std::max<std::int64_t>(0, -offset), table.rows - offset);
}

// Edits are (row, id, kind), rows ascending.
void check_edits(const Call& call) {
  const Matrix& edits = call.inputs[3];
  check_range("row", edits, 0, 0, call.inputs[0].rows);
  check_range("id", edits, 1, 0, call.inputs[1].rows);
  check_range("kind", edits, 2, 0, 2);
  for (std::int64_t e = 1; e < edits.rows; e++)
    if (begin_of(edits, e) < begin_of(edits, e - 1)) refuse("edits must ascend by row, edit " + text(e) + " does not");
}

// A list begins at a panel, its last panel is there as a whole, and its ids ascend.
void check_list(const Matrix& lists, std::int64_t b, const Matrix& ids) {
  const std::int64_t begin = begin_of(lists, b);
  const std::int64_t end = end_of(lists, b);
  if (begin % kPackedOutputs) refuse("a list begins at row " + text(begin) + ", not at a multiple of " + text(kPackedOutputs));
  if (rounded_up(end, kPackedOutputs) > ids.rows)
    refuse("the last panel of a list ends behind row " + text(ids.rows));
  for (std::int64_t row = begin + 1; row < end; row++)
    if (begin_of(ids, row) <= begin_of(ids, row - 1)) refuse("ids must ascend within a list, that of row " + text(row) + " does not");
}

}  // namespace

std::int64_t attention_pairs(const Call& call) {
  const Matrix& queries = call.inputs[3];
  const Matrix& keys = call.inputs[4];
  // Queries tile fewer than 2^31 rows and no key span is longer: the sum stays below 2^62.
  std::int64_t pairs = 0;
  for (std::int64_t b = 0; b < queries.rows; b++)
    pairs += length_of(queries, b) * length_of(keys, b);
  return pairs;
}

void check_append(const Call& call) { check_range("slot", call.inputs[1], 0, 0, call.inputs[2].rows); }

void check_attention(const Call& call) {
  check_sentences(call);
  check_pairs(call.outputs[1], attention_pairs(call));
}

void check_attention_gradient(const Call& call) {
  check_sentences(call);
  const Matrix& keys = call.inputs[4];
  for (std::int64_t b = 1; b < keys.rows; b++)
    if (begin_of(keys, b) < end_of(keys, b - 1)) refuse("keys at row " + text(b) + " overlap those before");
}

void check_cached_attention(const Call& call) {
  check_range("ancestor", call.inputs[3], 0, 0, call.inputs[1].rows);
  check_spans("spans", call.inputs[4], call.inputs[3].rows);
  check_pairs(call.outputs[1], total_length(call.inputs[4]));
}

void check_candidates(const Call& call) {
  const std::int64_t rows = call.inputs[0].rows;
  const std::int64_t vocabulary = call.inputs[1].rows;
  const std::int64_t count = call.outputs[0].rows;
  const bool fits = rows ? count % rows == 0 && count >= rows && count / rows <= vocabulary : count == 0;
  if (!fits) refuse("C is " + text(count) + ": not 1 to " + text(vocabulary) + " for each of " + text(rows) + " rows");
  check_edits(call);
}

void check_listed_candidates(const Call& call) {
  const std::int64_t rows = call.inputs[0].rows;
  const std::int64_t count = call.outputs[0].rows;
  const Matrix& weight = call.inputs[1];
  const Matrix& listed = call.inputs[5];
  const bool fits = rows ? count % rows == 0 && count >= rows : count == 0;
  if (!fits) refuse("C is " + text(count) + ": not as many for each of " + text(rows) + " rows");
  const std::int64_t width = listed_width(weight.encoding, weight.width);
  if (listed.width != width) refuse("listed must be " + text(width) + " wide");
  // Panels lie whole.
  if (weight.encoding != Encoding::kFloat32 && listed.stride != width) refuse("rows of listed must lie side by side");
  check_edits(call);
  check_range("id", call.inputs[6], 0, 0, weight.rows);
  check_spans("queries", call.inputs[8], rows);
  check_spans("lists", call.inputs[7], listed.rows);
  check_tiling(call.inputs[8], rows);
  for (std::int64_t b = 0; b < call.inputs[7].rows; b++) check_list(call.inputs[7], b, call.inputs[6]);
}

void check_cross_entropy(const Call& call) { check_range("id", call.inputs[3], 0, 0, call.inputs[1].rows); }

void check_embed(const Call& call) {
  check_range("token", call.inputs[1], 0, -1, call.inputs[0].rows);
  check_positions(call.inputs[2], call.inputs[3], call.attributes[1]);
}

void check_embed_gradient(const Call& call) {
  check_range("token", call.inputs[0], 0, -1, call.inputs[3].rows);
  check_positions(call.inputs[1], call.inputs[4], call.attributes[1]);
}

void check_token_score(const Call& call) { check_range("id", call.inputs[1], 0, 0, call.inputs[0].width); }

}  // namespace glassformer
