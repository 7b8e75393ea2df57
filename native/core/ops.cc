#include "core/ops.h"

#include <algorithm>
#include <cmath>

#include "core/checks.h"
#include "core/failure.h"
#include "core/op_shapes.h"
#include "core/spans.h"
#include "kernels/scratch.h"

namespace glassformer {

namespace {

// Room for aligned copies of four rows of the weight, or for packed blocks; for prepared rows of x, and what is listed of them, where the
// weight is encoded.
std::int64_t linear_scratch(const Call& call) {
  const std::int64_t width = call.inputs[0].width;
  if (call.inputs[1].encoding == Encoding::kFloat32) return std::max(4 * scratch_stride(width), kPackedRows + kPackedColumns);
  const std::int64_t most = prepared_rows(call).bytes / sizeof(float);
  return sparse_floats(width) + kMostPrepared + std::max(most, prepared_floats(kFewestPrepared, width));
}
// All rows of x, prepared for an encoded weight whose outputs threads share.
std::int64_t linear_common(const Call& call, int threads) {
  const Matrix& x = call.inputs[0];
  const bool shared = threads > 1 && x.rows < rows_of_thread(call) * threads;
  return shared && call.inputs[1].encoding != Encoding::kFloat32 ? prepared_floats(x.rows, x.width) : 0;
}
std::int64_t head_width(const Call& call) { return call.outputs[0].width / static_cast<std::int64_t>(call.attributes[0]); }
// Rows of scores of a group of queries, all heads.
std::int64_t group_rows(const Call& call) { return kGroupQueries * static_cast<std::int64_t>(call.attributes[0]); }
// A row of scores: of a few queries, keys are scored four at a time from anywhere on.
std::int64_t score_row(const Call& call) { return scratch_stride(longest(call.inputs[4]) + kMostSpareKeys); }
// Scores, and some rows of them again; keys transposed; what each distance adds to the scores.
std::int64_t attention_scratch(const Call& call) {
  return (std::max<std::int64_t>(kQueryBlock, group_rows(call)) + kMostSoftmaxRows) * score_row(call) + kPanelKeys * head_width(call) +
         kQueryBlock * scratch_stride(call.inputs[6].rows);
}
std::int64_t cached_attention_scratch(const Call& call) {
  return (group_rows(call) + kMostSoftmaxRows) * score_row(call) + group_rows(call) * scratch_stride(call.inputs[5].rows);
}
// The logits of a tile, and what their product needs.
std::int64_t candidates_scratch(const Call& call) { return kCandidateRows * kVocabularyTile + linear_scratch(call); }
std::int64_t candidates_common(const Call& call, int threads) { return candidates_places(call, threads).floats; }
// The most that a list can need, with its candidates.
std::int64_t listed_candidates_scratch(const Call& call) {
  const std::int64_t k = call.inputs[0].rows ? call.outputs[0].rows / call.inputs[0].rows : 0;
  Call list = call;
  list.inputs[0].rows = longest(call.inputs[8]);
  list.inputs[1].rows = longest(call.inputs[7]);
  list.outputs[0].rows = list.inputs[0].rows * std::min(k, list.inputs[1].rows);
  return list_places(list.inputs[1].rows, call.inputs[3].rows, list.outputs[0].rows).floats + candidates_common(list, 1) +
         candidates_scratch(list);
}

// Keys and values transposed; scores and their gradients.
std::int64_t attention_gradient_scratch(const Call& call) {
  return (2 * kQueryBlock + 2 * head_width(call)) * scratch_stride(longest(call.inputs[4]));
}
// By distance, for each query and head: the gradients of its scores, and its weights.
std::int64_t attention_gradient_common(const Call& call, int) {
  return 2 * call.inputs[0].rows * static_cast<std::int64_t>(call.attributes[0]) * call.inputs[7].rows;
}
std::int64_t packed_scratch(const Call&) { return kPackedRows + kPackedColumns; }
// Two sums of each row, one number of each column.
std::int64_t adafactor_common(const Call& call, int) { return 2 * call.inputs[2].rows + call.inputs[2].width; }
// The logits that exist at a time: so many of each row.
std::int64_t logits_at_a_time(const Call& call, std::int64_t of_row) {
  return std::min(logit_rows(of_row), call.inputs[0].rows) * of_row;
}
std::int64_t logits_common(const Call& call, int) { return logits_at_a_time(call, call.inputs[1].rows); }
std::int64_t two_logits_common(const Call& call, int) { return logits_at_a_time(call, 2 * call.inputs[1].rows); }

// Nanoseconds, to an order of magnitude.
double size_of(const Matrix& m) { return static_cast<double>(m.rows) * static_cast<double>(m.width); }
double output_work(const Call& call) { return 0.2 * size_of(call.outputs[0]); }
double input_work(const Call& call) { return 0.3 * size_of(call.inputs[0]); }
// A weight is read, and multiplied with each row.
double linear_work(const Call& call) {
  const double rows = static_cast<double>(call.inputs[0].rows);
  switch (call.inputs[1].encoding) {
    case Encoding::kInt8: return size_of(call.inputs[1]) * std::max(0.025, 0.005 * rows);
    case Encoding::kBfloat16: return size_of(call.inputs[1]) * std::max(0.05, 0.01 * rows);
    case Encoding::kFloat32Panels: return size_of(call.inputs[1]) * std::max(0.13, 0.018 * rows);
    case Encoding::kFloat32: break;
  }
  return size_of(call.inputs[1]) * std::max(0.15, 0.02 * rows);
}
double listed_work(const Call& call) {
  return 0.3 * static_cast<double>(total_length(call.inputs[7])) * static_cast<double>(call.inputs[0].width);
}
// Keys and values are read, and each pair computed.
double attention_work(const Call& call) {
  const double pairs = static_cast<double>(attention_pairs(call));
  return std::max(0.1 * pairs, 0.6 * static_cast<double>(total_length(call.inputs[4]))) * static_cast<double>(call.outputs[0].width);
}
double cached_attention_work(const Call& call) {
  return 0.2 * static_cast<double>(total_length(call.inputs[4])) * static_cast<double>(call.outputs[0].width);
}

double attention_gradient_work(const Call& call) { return 3 * attention_work(call); }
double product_work(const Call& call) { return 0.02 * size_of(call.inputs[0]) * static_cast<double>(call.inputs[1].width); }
double cross_entropy_work(const Call& call) { return 0.02 * size_of(call.inputs[0]) * static_cast<double>(call.inputs[1].rows); }
double distillation_work(const Call& call) {
  return 0.02 * (size_of(call.inputs[0]) + size_of(call.inputs[4])) * static_cast<double>(call.inputs[1].rows);
}
double embed_gradient_work(const Call& call) { return 0.3 * size_of(call.inputs[2]); }

OpInput integers(const char* name) { return {name, DType::kInt32}; }
OpInput optional_integers(const char* name) { return {name, DType::kInt32, true}; }
OpInput written(const char* name) { return {name, DType::kFloat32, false, true}; }
OpInput optional_written(const char* name) { return {name, DType::kFloat32, true, true}; }
OpInput encodable(const char* name) { return {name, DType::kFloat32, false, false, true}; }
OpInput optional(const char* name) { return {name, DType::kFloat32, true}; }
OpInput cached(const char* name) { return {name, DType::kFloat32, false, false, false, true}; }
OpInput written_cache(const char* name) { return {name, DType::kFloat32, false, true, false, true}; }
OpRule by_rows(OpRule rule) {
  rule.by_rows = true;
  return rule;
}
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
  const OpAttribute teacher_scale = {"teacherScale"};
  const OpAttribute temperature = {"temperature"};
  const OpAttribute of_teacher = {"share"};
  const OpInput x = {"x"};
  return {
      by_rows({"activation", &Kernels::activation, {x}, {{"activated"}}, {activations}, unary_shape, nullptr, nullptr, input_work}),
      {"activationGradient", &Kernels::activation_gradient, {x, {"dy"}}, {{"dx"}}, {activations}, gradient_shape, nullptr,
       nullptr, input_work},
      {"adafactor", &Kernels::adafactor,
       {written("gradients"), {"rates"}, written("parameters"), written("rowMoments"), written("columnMoments")}, {}, {},
       adafactor_shape, nullptr, nullptr, input_work, adafactor_common, Cut::kTogether},
      {"adam", &Kernels::adam,
       {written("gradients"), {"rates"}, written("parameters"), written("firstMoments"), written("secondMoments")}, {}, {},
       adam_shape, nullptr, nullptr, input_work},
      by_rows({"add", &Kernels::add, {{"a"}, {"b"}}, {{"sum"}}, {}, add_shape, nullptr, nullptr, output_work}),
      {"append", &Kernels::append, {x, integers("slots"), written_cache("cache")}, {}, {}, append_shape,
       check_append, nullptr, input_work},
      {"attention", &Kernels::attention,
       {{"q"}, cached("k"), cached("v"), integers("queries"), integers("keys"), optional_integers("seed"),
        optional("relativeKeys"), optional("relativeValues")},
       {{"attended"}, optional("weights")}, {heads, scale, causal, weights, rate, site}, attention_shape, check_attention,
       attention_scratch, attention_work},
      {"attentionGradient", &Kernels::attention_gradient,
       {{"q"}, {"k"}, {"v"}, integers("queries"), integers("keys"), {"dz"}, optional_integers("seed"),
        optional("relativeKeys"), optional("relativeValues"), optional_written("dRelativeKeys"),
        optional_written("dRelativeValues")},
       {{"dq"}, {"dk"}, {"dv"}}, {heads, scale, causal, rate, site}, attention_gradient_shape, check_attention_gradient,
       attention_gradient_scratch, attention_gradient_work, attention_gradient_common, Cut::kTogether},
      {"cachedAttention", &Kernels::cached_attention,
       {{"q"}, cached("k"), cached("v"), integers("ancestors"), integers("spans"), optional("relativeKeys"),
        optional("relativeValues")},
       {{"attended"}, optional("weights")}, {heads, scale, weights}, cached_attention_shape, check_cached_attention,
       cached_attention_scratch, cached_attention_work},
      {"candidates", &Kernels::candidates, {x, encodable("weight"), optional("bias"), integers("edits"), {"values"}},
       {{"scores"}, integers("ids")}, {one_of("normalise", 3), scale}, candidates_shape, check_candidates,
       candidates_scratch, linear_work, candidates_common, Cut::kItself},
      {"crossEntropy", &Kernels::cross_entropy, {x, {"weight"}, optional("bias"), integers("ids")}, {{"losses"}},
       {smoothing, over, scale}, cross_entropy_shape, check_cross_entropy, packed_scratch, cross_entropy_work, logits_common,
       Cut::kTogether},
      {"crossEntropyGradient", &Kernels::cross_entropy_gradient,
       {x, {"weight"}, optional("bias"), integers("ids"), {"dLoss"}, written("dWeight"), optional_written("dBias")},
       {{"losses"}, {"dx"}}, {smoothing, over, scale}, cross_entropy_gradient_shape, check_cross_entropy, packed_scratch,
       cross_entropy_work, logits_common, Cut::kTogether},
      {"distillation", &Kernels::distillation,
       {x, {"weight"}, optional("bias"), integers("ids"), {"teacherX"}, {"teacherWeight"}, optional("teacherBias")},
       {{"losses"}}, {smoothing, over, scale, teacher_scale, temperature, of_teacher}, distillation_shape,
       check_cross_entropy, packed_scratch, distillation_work, two_logits_common, Cut::kTogether},
      {"distillationGradient", &Kernels::distillation_gradient,
       {x, {"weight"}, optional("bias"), integers("ids"), {"teacherX"}, {"teacherWeight"}, optional("teacherBias"), {"dLoss"},
        written("dWeight"), optional_written("dBias")},
       {{"losses"}, {"dx"}}, {smoothing, over, scale, teacher_scale, temperature, of_teacher}, distillation_gradient_shape,
       check_cross_entropy, packed_scratch, distillation_work, two_logits_common, Cut::kTogether},
      {"dropout", &Kernels::dropout, {x, integers("seed"), optional("residual")}, {{"dropped"}}, {{"rate"}, site}, dropout_shape,
       nullptr, nullptr, input_work},
      {"embed", &Kernels::embed,
       {encodable("table"), integers("tokens"), optional_integers("positions"), optional("positionTable")}, {{"embedded"}},
       {scale, position_offset}, embed_shape, check_embed, nullptr, output_work},
      {"embedGradient", &Kernels::embed_gradient,
       {integers("tokens"), optional_integers("positions"), {"dx"}, written("dTable"), optional_written("dPositionTable")},
       {}, {scale, position_offset}, embed_gradient_shape, check_embed_gradient, nullptr, embed_gradient_work},
      by_rows({"layerNorm", &Kernels::layer_norm, {x, {"gamma"}, {"beta"}}, {{"normed"}}, {{"epsilon"}}, layer_norm_shape,
       nullptr, nullptr, input_work}),
      {"layerNormGradient", &Kernels::layer_norm_gradient, {x, {"gamma"}, {"dy"}}, {{"dx"}, {"statistics"}}, {{"epsilon"}},
       norm_gradient_shape, nullptr, nullptr, input_work},
      by_rows({"linear", &Kernels::linear, {x, encodable("weight"), optional("bias"), optional("residual")}, {{"out"}},
       {activations, scale}, linear_shape, nullptr, linear_scratch, linear_work, linear_common, Cut::kItself}),
      {"linearInputGradient", &Kernels::linear_input_gradient, {{"dy"}, {"weight"}, optional("x")}, {{"dx"}}, {scale},
       linear_input_gradient_shape, nullptr, packed_scratch, product_work},
      {"linearWeightGradient", &Kernels::linear_weight_gradient,
       {x, {"dy"}, written("dWeight"), optional_written("dBias")}, {}, {scale}, linear_weight_gradient_shape, nullptr,
       packed_scratch, product_work},
      {"listedCandidates", &Kernels::listed_candidates,
       {x, encodable("weight"), optional("bias"), integers("edits"), {"values"}, {"listed"}, integers("listedIds"),
        integers("lists"), integers("queries")},
       {{"scores"}, integers("ids")}, {one_of("normalise", 3), scale}, listed_candidates_shape, check_listed_candidates,
       listed_candidates_scratch, listed_work},
      {"logSoftmax", &Kernels::log_softmax, {x}, {{"logSoftmax"}}, {}, unary_shape, nullptr, nullptr, input_work},
      {"logSoftmaxGradient", &Kernels::log_softmax_gradient, {{"y"}, {"dy"}}, {{"dx"}}, {}, gradient_shape, nullptr, nullptr,
       input_work},
      {"normWeightGradient", &Kernels::norm_weight_gradient,
       {x, {"statistics"}, {"dy"}, written("dGamma"), optional_written("dBeta")}, {}, {}, norm_weight_gradient_shape, nullptr,
       nullptr, input_work},
      by_rows({"rmsNorm", &Kernels::rms_norm, {x, {"gamma"}}, {{"normed"}}, {{"epsilon"}}, layer_norm_shape, nullptr, nullptr,
       input_work}),
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
