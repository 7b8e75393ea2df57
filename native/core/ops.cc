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

void dropout_operands(double rate, const Shape& seed) {
  expect(rate >= 0 && rate < 1, "the rate of dropout must be from 0 to below 1");
  expect(rate == 0 || is_vector(seed, 1), "dropout needs a seed, one number");
}

void sentence_operands(const Shape& queries, const Shape& keys) {
  expect(queries.width == 2 && keys.width == 2, "queries and keys must be [begin, end) pairs");
  expect(same_rows(queries, keys), "queries and keys differ in rows");
}

void attention_shape(const Shapes& s, const Attributes& a) {
  attention_operands(s, a[0], a[3] != 0);
  sentence_operands(s.inputs[3], s.inputs[4]);
  dropout_operands(a[4], s.inputs[5]);
}

void attention_gradient_shape(const Shapes& s, const Attributes& a) {
  const Shape& q = s.inputs[0];
  expect(q.width % static_cast<std::int64_t>(a[0]) == 0, "the width cannot be cut into heads");
  expect(same_shape(q, s.inputs[5]) && same_shape(q, s.outputs[0]), "q, dz and dq differ in shape");
  const Shape& k = s.inputs[1];
  expect(k.width == q.width, "q and k differ in width");
  expect(same_shape(k, s.inputs[2]) && same_shape(k, s.outputs[1]) && same_shape(k, s.outputs[2]),
         "k, v, dk and dv differ in shape");
  sentence_operands(s.inputs[3], s.inputs[4]);
  dropout_operands(a[3], s.inputs[6]);
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

void cross_entropy_operands(const Shapes& s, double smoothing) {
  const Shape& x = s.inputs[0];
  const Shape& weight = s.inputs[1];
  expect(x.width == weight.width, "x and weight differ in width");
  expect(weight.symbol < 0 && weight.rows > 0, "weight must have constant rows, at least one");
  expect(!s.inputs[2].given || is_vector(s.inputs[2], weight.rows), "bias must have a column for each row of weight");
  expect(s.inputs[3].width == 1 && same_rows(s.inputs[3], x), "ids must be one column with the rows of x");
  expect(s.outputs[0].width == 1 && same_rows(s.outputs[0], x), "losses must be one column with the rows of x");
  expect(smoothing >= 0 && smoothing < 1, "smoothing must be from 0 to below 1");
}

void cross_entropy_shape(const Shapes& s, const Attributes& a) { cross_entropy_operands(s, a[0]); }

void cross_entropy_gradient_shape(const Shapes& s, const Attributes& a) {
  cross_entropy_operands(s, a[0]);
  expect(is_vector(s.inputs[4], 1), "dLoss must be one number");
  expect(same_shape(s.inputs[5], s.inputs[1]), "dWeight and weight differ in shape");
  expect(!s.inputs[6].given || is_vector(s.inputs[6], s.inputs[1].rows), "dBias must have a column for each row of weight");
  expect(same_shape(s.outputs[1], s.inputs[0]), "dx and x differ in shape");
}

void dropout_shape(const Shapes& s, const Attributes& a) {
  expect(same_shape(s.inputs[0], s.outputs[0]), "x and output differ in shape");
  expect(is_vector(s.inputs[1], 1), "the seed must be one number");
  expect(!s.inputs[2].given || same_shape(s.inputs[2], s.outputs[0]), "residual and output differ in shape");
  dropout_operands(a[0], s.inputs[1]);
}

void embed_gradient_shape(const Shapes& s, const Attributes&) {
  const Shape& dx = s.inputs[2];
  expect(s.inputs[0].width == 1 && same_rows(s.inputs[0], dx), "tokens must be one column with the rows of dx");
  expect(s.inputs[3].width == dx.width, "dTable and dx differ in width");
  expect(s.inputs[1].given == s.inputs[4].given, "positions and dPositionTable go together");
  if (!s.inputs[1].given) return;
  expect(s.inputs[1].width == 1 && same_rows(s.inputs[1], dx), "positions must be one column with the rows of dx");
  expect(s.inputs[4].width == dx.width, "dPositionTable and dx differ in width");
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

void norm_gradient_shape(const Shapes& s, const Attributes&) {
  const Shape& x = s.inputs[0];
  expect(is_vector(s.inputs[1], x.width), "gamma must be one row of the width of x");
  expect(same_shape(s.inputs[2], x) && same_shape(s.outputs[0], x), "x, dy and dx differ in shape");
  expect(s.outputs[1].width == 2 && same_rows(s.outputs[1], x), "statistics must be two columns with the rows of x");
}

void norm_weight_gradient_shape(const Shapes& s, const Attributes&) {
  const Shape& x = s.inputs[0];
  expect(s.inputs[1].width == 2 && same_rows(s.inputs[1], x), "statistics must be two columns with the rows of x");
  expect(same_shape(s.inputs[2], x), "x and dy differ in shape");
  expect(is_vector(s.inputs[3], x.width) && (!s.inputs[4].given || is_vector(s.inputs[4], x.width)),
         "dGamma and dBeta must be one row of the width of x");
}

void linear_input_gradient_shape(const Shapes& s, const Attributes&) {
  const Shape& dy = s.inputs[0];
  const Shape& weight = s.inputs[1];
  expect(weight.symbol < 0 && weight.rows == dy.width, "dy has not a column for each row of weight");
  expect(same_rows(s.outputs[0], dy) && s.outputs[0].width == weight.width, "dx does not fit dy and weight");
}

void linear_weight_gradient_shape(const Shapes& s, const Attributes&) {
  const Shape& x = s.inputs[0];
  const Shape& dy = s.inputs[1];
  const Shape& d_weight = s.inputs[2];
  expect(same_rows(x, dy), "x and dy differ in rows");
  expect(d_weight.symbol < 0 && d_weight.rows == dy.width && d_weight.width == x.width, "dWeight does not fit dy and x");
  expect(!s.inputs[3].given || is_vector(s.inputs[3], dy.width), "dBias must be one row of the width of dy");
}

void adafactor_shape(const Shapes& s, const Attributes&) {
  const Shape& parameters = s.inputs[2];
  expect(parameters.symbol < 0 && parameters.rows > 0, "parameters must have a constant number of rows");
  expect(same_shape(s.inputs[0], parameters), "gradients and parameters differ in shape");
  expect(is_vector(s.inputs[1], 7), "rates must be seven numbers");
  expect(same_rows(s.inputs[3], parameters) && s.inputs[3].width == 1, "rowMoments must be one column with the rows of parameters");
  expect(is_vector(s.inputs[4], parameters.width), "columnMoments must be one row of the width of parameters");
}

void adam_shape(const Shapes& s, const Attributes&) {
  expect(is_vector(s.inputs[1], 8), "rates must be eight numbers");
  for (const std::size_t i : {0, 2, 3, 4})
    expect(is_vector(s.inputs[i], s.inputs[2].width), "gradients, parameters and moments must be one row of the same width");
}

void sum_of_squares_shape(const Shapes& s, const Attributes&) {
  const Shape& x = s.inputs[0];
  const Shape& sums = s.outputs[0];
  expect(is_vector(x, x.width), "x must be one row");
  expect(sums.symbol < 0 && sums.rows == (x.width + kSumBlock - 1) / kSumBlock && sums.width == 1,
         "there must be one sum for each block of x");
}

void gradient_shape(const Shapes& s, const Attributes&) {
  expect(same_shape(s.inputs[0], s.outputs[0]) && same_shape(s.inputs[1], s.outputs[0]), "inputs and dx differ in shape");
}

void token_score_gradient_shape(const Shapes& s, const Attributes&) {
  const Shape& logits = s.inputs[0];
  expect(same_shape(logits, s.outputs[0]), "logits and dx differ in shape");
  for (const std::size_t i : {1, 2})
    expect(s.inputs[i].width == 1 && same_rows(s.inputs[i], logits), "ids and dy must be one column with the rows of logits");
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

// Room for aligned copies of four rows of the weight, or for packed blocks.
std::int64_t linear_scratch(const Call& call) {
  return std::max(4 * scratch_row(call.inputs[0].width), kPackedRows + kPackedColumns);
}
std::int64_t head_width(const Call& call) { return call.outputs[0].width / static_cast<std::int64_t>(call.attributes[0]); }
// Scores, and keys transposed.
std::int64_t attention_scratch(const Call& call) {
  return (kQueryBlock + head_width(call)) * scratch_row(longest(call.inputs[4]));
}
std::int64_t cached_attention_scratch(const Call& call) {
  return static_cast<std::int64_t>(call.attributes[0]) * scratch_row(longest(call.inputs[4]));
}
std::int64_t candidates_scratch(const Call& call) {
  if (call.inputs[0].rows == 0) return 0;
  return scratch_row(call.inputs[0].width) + 2 * scratch_row(call.outputs[0].rows / call.inputs[0].rows);
}

// Keys and values transposed; scores and their gradients.
std::int64_t attention_gradient_scratch(const Call& call) {
  return (2 * kQueryBlock + 2 * head_width(call)) * scratch_row(longest(call.inputs[4]));
}
std::int64_t packed_scratch(const Call&) { return kPackedRows + kPackedColumns; }
// Two sums of each row, one number of each column.
std::int64_t adafactor_common(const Call& call) { return 2 * call.inputs[2].rows + call.inputs[2].width; }
// The logits that exist at a time.
std::int64_t logits_common(const Call& call) {
  const std::int64_t classes = call.inputs[1].rows;
  const std::int64_t rows = std::clamp<std::int64_t>(kMostLogits / classes, kFewestLogitRows, kLogitRows);
  return std::min(rows, call.inputs[0].rows) * classes;
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

double attention_gradient_work(const Call& call) { return 3 * attention_work(call); }
double product_work(const Call& call) { return 0.02 * size_of(call.inputs[0]) * static_cast<double>(call.inputs[1].width); }
double cross_entropy_work(const Call& call) { return 0.02 * size_of(call.inputs[0]) * static_cast<double>(call.inputs[1].rows); }
double embed_gradient_work(const Call& call) { return 0.3 * size_of(call.inputs[2]); }

OpInput integers(const char* name) { return {name, DType::kInt32}; }
OpInput optional_integers(const char* name) { return {name, DType::kInt32, true}; }
OpInput written(const char* name) { return {name, DType::kFloat32, false, true}; }
OpInput optional_written(const char* name) { return {name, DType::kFloat32, true, true}; }
OpInput optional(const char* name) { return {name, DType::kFloat32, true}; }
OpAttribute one_of(const char* name, int count) { return {name, true, 0, count - 1.0}; }

std::vector<OpRule> make_ops() {
  const OpAttribute heads = {"heads", true, 1, 1e6};
  const OpAttribute scale = {"scale"};
  const OpAttribute weights = one_of("weights", 2);
  const OpAttribute activations = one_of("activation", 5);
  const OpAttribute causal = one_of("causal", 2);
  const OpAttribute rate = {"dropout"};
  const OpAttribute site = {"site", true, 0, kMostRows};
  const OpAttribute position_offset = {"positionOffset", true, -1.0 * kMostRows, kMostRows};
  const OpAttribute smoothing = {"smoothing"};
  const OpAttribute over = one_of("over", 2);
  const OpInput x = {"x"};
  return {
      {"activation", &Kernels::activation, {x}, {{"y"}}, {activations}, unary_shape, nullptr, nullptr, input_work},
      {"activationGradient", &Kernels::activation_gradient, {x, {"dy"}}, {{"dx"}}, {activations}, gradient_shape, nullptr,
       nullptr, input_work},
      {"adafactor", &Kernels::adafactor,
       {written("gradients"), {"rates"}, written("parameters"), written("rowMoments"), written("columnMoments")}, {}, {},
       adafactor_shape, nullptr, nullptr, input_work, adafactor_common},
      {"adam", &Kernels::adam,
       {written("gradients"), {"rates"}, written("parameters"), written("firstMoments"), written("secondMoments")}, {}, {},
       adam_shape, nullptr, nullptr, input_work},
      {"add", &Kernels::add, {{"a"}, {"b"}}, {{"sum"}}, {}, add_shape, nullptr, nullptr, output_work},
      {"append", &Kernels::append, {x, integers("slots"), written("cache")}, {}, {}, append_shape,
       check_append, nullptr, input_work},
      {"attention", &Kernels::attention,
       {{"q"}, {"k"}, {"v"}, integers("queries"), integers("keys"), optional_integers("seed")},
       {{"attended"}, optional("weights")}, {heads, scale, causal, weights, rate, site}, attention_shape, check_attention,
       attention_scratch, attention_work},
      {"attentionGradient", &Kernels::attention_gradient,
       {{"q"}, {"k"}, {"v"}, integers("queries"), integers("keys"), {"dz"}, optional_integers("seed")},
       {{"dq"}, {"dk"}, {"dv"}}, {heads, scale, causal, rate, site}, attention_gradient_shape, check_attention_gradient,
       attention_gradient_scratch, attention_gradient_work},
      {"cachedAttention", &Kernels::cached_attention, {{"q"}, {"k"}, {"v"}, integers("ancestors"), integers("spans")},
       {{"attended"}, optional("weights")}, {heads, scale, weights}, cached_attention_shape, check_cached_attention,
       cached_attention_scratch, cached_attention_work},
      {"candidates", &Kernels::candidates, {{"logits"}, integers("edits"), {"values"}}, {{"scores"}, integers("ids")},
       {one_of("normalise", 3)}, candidates_shape, check_candidates, candidates_scratch, input_work},
      {"crossEntropy", &Kernels::cross_entropy, {x, {"weight"}, optional("bias"), integers("ids")}, {{"losses"}},
       {smoothing, over, scale}, cross_entropy_shape, check_cross_entropy, packed_scratch, cross_entropy_work, logits_common},
      {"crossEntropyGradient", &Kernels::cross_entropy_gradient,
       {x, {"weight"}, optional("bias"), integers("ids"), {"dLoss"}, written("dWeight"), optional_written("dBias")},
       {{"losses"}, {"dx"}}, {smoothing, over, scale}, cross_entropy_gradient_shape, check_cross_entropy, packed_scratch,
       cross_entropy_work, logits_common},
      {"dropout", &Kernels::dropout, {x, integers("seed"), optional("residual")}, {{"dropped"}}, {rate, site}, dropout_shape,
       nullptr, nullptr, input_work},
      {"embed", &Kernels::embed,
       {{"table"}, integers("tokens"), optional_integers("positions"), optional("positionTable")}, {{"embedded"}},
       {scale, position_offset}, embed_shape, check_embed, nullptr, output_work},
      {"embedGradient", &Kernels::embed_gradient,
       {integers("tokens"), optional_integers("positions"), {"dx"}, written("dTable"), optional_written("dPositionTable")},
       {}, {scale, position_offset}, embed_gradient_shape, check_embed_gradient, nullptr, embed_gradient_work},
      {"layerNorm", &Kernels::layer_norm, {x, {"gamma"}, {"beta"}}, {{"normed"}}, {{"epsilon"}}, layer_norm_shape,
       nullptr, nullptr, input_work},
      {"layerNormGradient", &Kernels::layer_norm_gradient, {x, {"gamma"}, {"dy"}}, {{"dx"}, {"statistics"}}, {{"epsilon"}},
       norm_gradient_shape, nullptr, nullptr, input_work},
      {"linear", &Kernels::linear, {x, {"weight"}, optional("bias"), optional("residual")}, {{"out"}},
       {activations, scale}, linear_shape, nullptr, linear_scratch, linear_work},
      {"linearInputGradient", &Kernels::linear_input_gradient, {{"dy"}, {"weight"}}, {{"dx"}}, {scale},
       linear_input_gradient_shape, nullptr, packed_scratch, product_work},
      {"linearWeightGradient", &Kernels::linear_weight_gradient,
       {x, {"dy"}, written("dWeight"), optional_written("dBias")}, {}, {scale}, linear_weight_gradient_shape, nullptr,
       packed_scratch, product_work},
      {"logSoftmax", &Kernels::log_softmax, {x}, {{"logSoftmax"}}, {}, unary_shape, nullptr, nullptr, input_work},
      {"logSoftmaxGradient", &Kernels::log_softmax_gradient, {{"y"}, {"dy"}}, {{"dx"}}, {}, gradient_shape, nullptr, nullptr,
       input_work},
      {"normWeightGradient", &Kernels::norm_weight_gradient,
       {x, {"statistics"}, {"dy"}, written("dGamma"), optional_written("dBeta")}, {}, {}, norm_weight_gradient_shape, nullptr,
       nullptr, input_work},
      {"rmsNorm", &Kernels::rms_norm, {x, {"gamma"}}, {{"normed"}}, {{"epsilon"}}, layer_norm_shape, nullptr, nullptr,
       input_work},
      {"rmsNormGradient", &Kernels::rms_norm_gradient, {x, {"gamma"}, {"dy"}}, {{"dx"}, {"statistics"}}, {{"epsilon"}},
       norm_gradient_shape, nullptr, nullptr, input_work},
      {"softmax", &Kernels::softmax, {x}, {{"softmax"}}, {}, unary_shape, nullptr, nullptr, input_work},
      {"softmaxGradient", &Kernels::softmax_gradient, {{"y"}, {"dy"}}, {{"dx"}}, {}, gradient_shape, nullptr, nullptr,
       input_work},
      {"sumOfSquares", &Kernels::sum_of_squares, {x}, {{"sums"}}, {}, sum_of_squares_shape, nullptr, nullptr, input_work},
      {"tokenScore", &Kernels::token_score, {{"logits"}, integers("ids")}, {{"scores"}}, {}, token_score_shape,
       check_token_score, nullptr, input_work},
      {"tokenScoreGradient", &Kernels::token_score_gradient, {{"logits"}, integers("ids"), {"dy"}}, {{"dx"}}, {},
       token_score_gradient_shape, check_token_score, nullptr, input_work},
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
