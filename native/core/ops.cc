#include "core/ops.h"

#include <algorithm>
#include <cmath>

#include "core/checks.h"
#include "core/failure.h"

namespace glassformer {

namespace {

bool same_rows(const Shape& a, const Shape& b) { return a.symbol == b.symbol && a.rows == b.rows; }
bool same_shape(const Shape& a, const Shape& b) { return same_rows(a, b) && a.width == b.width; }
bool is_vector(const Shape& a, std::int64_t width) { return a.symbol < 0 && a.rows == 1 && a.width == width; }

using Attributes = std::vector<double>;

void unary_shape(const Shapes& s, const Attributes&) {
  expect(same_shape(s.inputs[0], s.outputs[0]), "input and output differ in shape");
}

void add_shape(const Shapes& s, const Attributes&) {
  expect(same_shape(s.inputs[0], s.outputs[0]) && same_shape(s.inputs[1], s.outputs[0]), "a, b and output differ in shape");
}

void append_shape(const Shapes& s, const Attributes&) {
  expect(s.inputs[0].width == s.inputs[2].width, "x and cache differ in width");
  expect(s.inputs[1].width == 1 && same_rows(s.inputs[0], s.inputs[1]), "slots must be one column with the rows of x");
}

void attention_operands(const Shapes& s, double heads, bool weights) {
  const std::int64_t width = s.outputs[0].width;
  expect(same_shape(s.inputs[0], s.outputs[0]), "q and output differ in shape");
  expect(s.inputs[1].width == width && s.inputs[2].width == width, "q, k and v differ in width");
  expect(same_rows(s.inputs[1], s.inputs[2]), "k and v differ in rows");
  expect(width % static_cast<std::int64_t>(heads) == 0, "the width cannot be cut into heads");
  expect((s.outputs.size() == 2) == weights, "weights are an output if and only if they are asked for");
  expect(!weights || s.outputs[1].width == static_cast<std::int64_t>(heads), "weights must have a column for each head");
}

void attention_shape(const Shapes& s, const Attributes& a) {
  attention_operands(s, a[0], a[3] != 0);
  expect(s.inputs[3].width == 2 && s.inputs[4].width == 2, "queries and keys must be [begin, end) pairs");
  expect(same_rows(s.inputs[3], s.inputs[4]), "queries and keys differ in rows");
}

void cached_attention_shape(const Shapes& s, const Attributes& a) {
  attention_operands(s, a[0], a[2] != 0);
  expect(s.inputs[3].width == 1, "ancestors must be one column");
  expect(s.inputs[4].width == 2 && same_rows(s.inputs[4], s.inputs[0]), "spans must be pairs with the rows of q");
}

void candidates_shape(const Shapes& s, const Attributes&) {
  expect(s.inputs[1].width == 3, "edits must be (row, id, kind)");
  expect(s.inputs[2].width == 1 && same_rows(s.inputs[1], s.inputs[2]), "values must be one column with the rows of edits");
  expect(s.outputs[0].width == 1 && same_shape(s.outputs[0], s.outputs[1]), "scores and ids must be one column each");
}

void embed_shape(const Shapes& s, const Attributes&) {
  const Shape& y = s.outputs[0];
  expect(s.inputs[0].width == y.width, "table and output differ in width");
  expect(s.inputs[1].width == 1 && same_rows(s.inputs[1], y), "tokens must be one column with the rows of the output");
  expect(s.inputs[2].given == s.inputs[3].given, "positions and positionTable go together");
  if (!s.inputs[2].given) return;
  expect(s.inputs[2].width == 1 && same_rows(s.inputs[2], y), "positions must be one column with the rows of the output");
  expect(s.inputs[3].width == y.width, "positionTable and output differ in width");
}

void layer_norm_shape(const Shapes& s, const Attributes&) {
  expect(same_shape(s.inputs[0], s.outputs[0]), "x and output differ in shape");
  for (std::size_t i = 1; i < s.inputs.size(); i++)
    expect(is_vector(s.inputs[i], s.outputs[0].width), "gamma and beta must be one row of the width of x");
}

void linear_shape(const Shapes& s, const Attributes&) {
  const Shape& y = s.outputs[0];
  expect(s.inputs[0].width == s.inputs[1].width, "x and weight differ in width");
  expect(s.inputs[1].symbol < 0 && s.inputs[1].rows == y.width, "the output has not a column for each row of weight");
  expect(same_rows(s.inputs[0], y), "x and output differ in rows");
  expect(!s.inputs[2].given || is_vector(s.inputs[2], y.width), "bias must be one row of the width of the output");
  expect(!s.inputs[3].given || same_shape(s.inputs[3], y), "residual and output differ in shape");
}

void token_score_shape(const Shapes& s, const Attributes&) {
  expect(s.inputs[1].width == 1 && same_rows(s.inputs[1], s.inputs[0]), "ids must be one column with the rows of logits");
  expect(s.outputs[0].width == 1 && same_rows(s.outputs[0], s.inputs[0]), "scores must be one column with the rows of logits");
}

std::int64_t scratch_row(std::int64_t floats) { return (floats + kScratchStep - 1) / kScratchStep * kScratchStep; }

std::int64_t longest(const Matrix& spans) {
  std::int64_t most = 0;
  for (std::int64_t r = 0; r < spans.rows; r++)
    most = std::max<std::int64_t>(most, spans.integers[r * spans.stride + 1] - spans.integers[r * spans.stride]);
  return most;
}

// Room for aligned copies of four rows of the weight.
std::int64_t linear_scratch(const Call& call) { return 4 * scratch_row(call.inputs[0].width); }
std::int64_t attention_scratch(const Call& call) { return kQueryBlock * scratch_row(longest(call.inputs[4])); }
std::int64_t cached_attention_scratch(const Call& call) {
  return static_cast<std::int64_t>(call.attributes[0]) * scratch_row(longest(call.inputs[4]));
}
std::int64_t candidates_scratch(const Call& call) {
  if (call.inputs[0].rows == 0) return 0;
  return scratch_row(call.inputs[0].width) + 2 * scratch_row(call.outputs[0].rows / call.inputs[0].rows);
}

// Nanoseconds, to an order of magnitude.
double size_of(const Matrix& m) { return static_cast<double>(m.rows) * static_cast<double>(m.width); }
double output_work(const Call& call) { return 0.2 * size_of(call.outputs[0]); }
double input_work(const Call& call) { return 0.3 * size_of(call.inputs[0]); }
double linear_work(const Call& call) {
  return size_of(call.inputs[1]) * std::max(0.3, 0.02 * static_cast<double>(call.inputs[0].rows));
}
double attention_work(const Call& call) {
  return 0.1 * static_cast<double>(attention_pairs(call)) * static_cast<double>(call.outputs[0].width);
}
double cached_attention_work(const Call& call) {
  return 0.2 * static_cast<double>(cached_pairs(call)) * static_cast<double>(call.outputs[0].width);
}

OpInput integers(const char* name) { return {name, DType::kInt32}; }
OpInput optional(const char* name) { return {name, DType::kFloat32, true}; }
OpAttribute one_of(const char* name, int count) { return {name, true, 0, count - 1.0}; }

std::vector<OpRule> make_ops() {
  const OpAttribute heads = {"heads", true, 1, 1e6};
  const OpAttribute scale = {"scale"};
  const OpAttribute weights = one_of("weights", 2);
  const OpAttribute activations = one_of("activation", 5);
  const OpInput x = {"x"};
  return {
      {"activation", &Kernels::activation, {x}, {{"y"}}, {activations}, unary_shape, nullptr, nullptr, input_work},
      {"add", &Kernels::add, {{"a"}, {"b"}}, {{"sum"}}, {}, add_shape, nullptr, nullptr, output_work},
      {"append", &Kernels::append, {x, integers("slots"), {"cache", DType::kFloat32, false, true}}, {}, {}, append_shape,
       check_append, nullptr, input_work},
      {"attention", &Kernels::attention, {{"q"}, {"k"}, {"v"}, integers("queries"), integers("keys")},
       {{"attended"}, optional("weights")}, {heads, scale, one_of("causal", 2), weights}, attention_shape,
       check_attention, attention_scratch, attention_work},
      {"cachedAttention", &Kernels::cached_attention, {{"q"}, {"k"}, {"v"}, integers("ancestors"), integers("spans")},
       {{"attended"}, optional("weights")}, {heads, scale, weights}, cached_attention_shape, check_cached_attention,
       cached_attention_scratch, cached_attention_work},
      {"candidates", &Kernels::candidates, {{"logits"}, integers("edits"), {"values"}}, {{"scores"}, integers("ids")},
       {one_of("normalise", 3)}, candidates_shape, check_candidates, candidates_scratch, input_work},
      {"embed", &Kernels::embed,
       {{"table"}, integers("tokens"), {"positions", DType::kInt32, true}, optional("positionTable")}, {{"embedded"}},
       {scale, {"positionOffset", true, -1.0 * kMostRows, kMostRows}}, embed_shape, check_embed, nullptr, output_work},
      {"layerNorm", &Kernels::layer_norm, {x, {"gamma"}, {"beta"}}, {{"normed"}}, {{"epsilon"}}, layer_norm_shape,
       nullptr, nullptr, input_work},
      {"linear", &Kernels::linear, {x, {"weight"}, optional("bias"), optional("residual")}, {{"out"}},
       {activations, scale}, linear_shape, nullptr, linear_scratch, linear_work},
      {"logSoftmax", &Kernels::log_softmax, {x}, {{"logSoftmax"}}, {}, unary_shape, nullptr, nullptr, input_work},
      {"rmsNorm", &Kernels::rms_norm, {x, {"gamma"}}, {{"normed"}}, {{"epsilon"}}, layer_norm_shape, nullptr, nullptr,
       input_work},
      {"softmax", &Kernels::softmax, {x}, {{"softmax"}}, {}, unary_shape, nullptr, nullptr, input_work},
      {"tokenScore", &Kernels::token_score, {{"logits"}, integers("ids")}, {{"scores"}}, {}, token_score_shape,
       check_token_score, nullptr, input_work},
  };
}

}  // namespace

void validate_attribute(const OpAttribute& rule, double value) {
  const bool fits = rule.integer ? value >= rule.low && value <= rule.high && std::floor(value) == value : std::isfinite(value);
  expect(fits, std::string("attribute ") + rule.name + " cannot be " + std::to_string(value));
}

const std::vector<OpRule>& all_ops() {
  static const std::vector<OpRule> ops = make_ops();
  return ops;
}

const OpRule* find_op(const std::string& name) {
  for (const OpRule& op : all_ops())
    if (name == op.name) return &op;
  return nullptr;
}

}  // namespace glassformer
