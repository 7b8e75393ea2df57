// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.
//
// The rows of the op table, for the core: names, order and flags of operands and attributes, and the place of each in
// the op's arguments.
#pragma once
#include <vector>

#include "core/op.h"
#include "generated/operands.h"

namespace glassformer {

using ActivationShapes = ActivationOperands<Shape>;
template <>
struct Row<ActivationOperands> {
  static constexpr const char* kName = "activation";
  static std::vector<OperandRule> inputs() {
    return {{"x"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"activated"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"activation", Attribute::kWord, {"none", "relu", "gelu", "geluTanh", "swish", "tanh"}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(ActivationOperands<T>& o) {
    return {&o.x};
  }
  template <class T>
  static std::vector<T*> outputs_of(ActivationOperands<T>& o) {
    return {&o.activated};
  }
  template <class T>
  static void set(ActivationOperands<T>& o, const double* value) {
    o.activation = static_cast<Activation>(static_cast<int>(*value++));
  }
};
extern const Op activation_op;

using ActivationGradientShapes = ActivationGradientOperands<Shape>;
template <>
struct Row<ActivationGradientOperands> {
  static constexpr const char* kName = "activationGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"dy"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"activation", Attribute::kWord, {"none", "relu", "gelu", "geluTanh", "swish", "tanh"}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(ActivationGradientOperands<T>& o) {
    return {&o.x, &o.dy};
  }
  template <class T>
  static std::vector<T*> outputs_of(ActivationGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(ActivationGradientOperands<T>& o, const double* value) {
    o.activation = static_cast<Activation>(static_cast<int>(*value++));
  }
};
extern const Op activation_gradient_op;

using AdafactorShapes = AdafactorOperands<Shape>;
template <>
struct Row<AdafactorOperands> {
  static constexpr const char* kName = "adafactor";
  static std::vector<OperandRule> inputs() {
    return {{"gradients", kWritten}, {"rates"}, {"parameters", kWritten}, {"rowMoments", kWritten},
            {"columnMoments", kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(AdafactorOperands<T>& o) {
    return {&o.gradients, &o.rates, &o.parameters, &o.row_moments, &o.column_moments};
  }
  template <class T>
  static std::vector<T*> outputs_of(AdafactorOperands<T>&) {
    return {};
  }
  template <class T>
  static void set(AdafactorOperands<T>&, const double*) {}
};
extern const Op adafactor_op;

using AdamShapes = AdamOperands<Shape>;
template <>
struct Row<AdamOperands> {
  static constexpr const char* kName = "adam";
  static std::vector<OperandRule> inputs() {
    return {{"gradients", kWritten}, {"rates"}, {"parameters", kWritten}, {"firstMoments", kWritten},
            {"secondMoments", kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(AdamOperands<T>& o) {
    return {&o.gradients, &o.rates, &o.parameters, &o.first_moments, &o.second_moments};
  }
  template <class T>
  static std::vector<T*> outputs_of(AdamOperands<T>&) {
    return {};
  }
  template <class T>
  static void set(AdamOperands<T>&, const double*) {}
};
extern const Op adam_op;

using AddShapes = AddOperands<Shape>;
template <>
struct Row<AddOperands> {
  static constexpr const char* kName = "add";
  static std::vector<OperandRule> inputs() {
    return {{"a"}, {"b"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"sum"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(AddOperands<T>& o) {
    return {&o.a, &o.b};
  }
  template <class T>
  static std::vector<T*> outputs_of(AddOperands<T>& o) {
    return {&o.sum};
  }
  template <class T>
  static void set(AddOperands<T>&, const double*) {}
};
extern const Op add_op;

using AttentionShapes = AttentionOperands<Shape>;
template <>
struct Row<AttentionOperands> {
  static constexpr const char* kName = "attention";
  static std::vector<OperandRule> inputs() {
    return {{"q"}, {"k", kNarrow}, {"v", kNarrow}, {"queries", kIntegers}, {"keys", kIntegers},
            {"seed", kOptional | kIntegers}, {"relativeKeys", kOptional}, {"relativeValues", kOptional},
            {"distanceBias", kOptional}, {"at", kOptional | kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"attended"}, {"weights", kOptional}};
  }
  static std::vector<Attribute> attributes() {
    return {{"heads", Attribute::kCount, {}}, {"scale", Attribute::kNumber, {}}, {"causal", Attribute::kBoolean, {}},
            {"every", Attribute::kCount, {}}, {"traced", Attribute::kBoolean, {}}, {"dropout", Attribute::kNumber, {}},
            {"site", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(AttentionOperands<T>& o) {
    return {&o.q, &o.k, &o.v, &o.queries, &o.keys, &o.seed, &o.relative_keys, &o.relative_values, &o.distance_bias,
            &o.at};
  }
  template <class T>
  static std::vector<T*> outputs_of(AttentionOperands<T>& o) {
    return {&o.attended, &o.weights};
  }
  template <class T>
  static void set(AttentionOperands<T>& o, const double* value) {
    o.heads = static_cast<std::int64_t>(*value++);
    o.scale = *value++;
    o.causal = *value++ != 0;
    o.every = static_cast<std::int64_t>(*value++);
    o.traced = *value++ != 0;
    o.dropout = *value++;
    o.site = static_cast<std::int64_t>(*value++);
  }
};
extern const Op attention_op;

using AttentionGradientShapes = AttentionGradientOperands<Shape>;
template <>
struct Row<AttentionGradientOperands> {
  static constexpr const char* kName = "attentionGradient";
  static std::vector<OperandRule> inputs() {
    return {{"q"}, {"k"}, {"v"}, {"queries", kIntegers}, {"keys", kIntegers}, {"dz"}, {"seed", kOptional | kIntegers},
            {"relativeKeys", kOptional}, {"relativeValues", kOptional}, {"dRelativeKeys", kOptional | kWritten},
            {"dRelativeValues", kOptional | kWritten}, {"distanceBias", kOptional}, {"at", kOptional | kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dq"}, {"dk"}, {"dv"}, {"dDistanceBias", kOptional}};
  }
  static std::vector<Attribute> attributes() {
    return {{"heads", Attribute::kCount, {}}, {"scale", Attribute::kNumber, {}}, {"causal", Attribute::kBoolean, {}},
            {"every", Attribute::kCount, {}}, {"dropout", Attribute::kNumber, {}}, {"site", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(AttentionGradientOperands<T>& o) {
    return {&o.q, &o.k, &o.v, &o.queries, &o.keys, &o.dz, &o.seed, &o.relative_keys, &o.relative_values,
            &o.d_relative_keys, &o.d_relative_values, &o.distance_bias, &o.at};
  }
  template <class T>
  static std::vector<T*> outputs_of(AttentionGradientOperands<T>& o) {
    return {&o.dq, &o.dk, &o.dv, &o.d_distance_bias};
  }
  template <class T>
  static void set(AttentionGradientOperands<T>& o, const double* value) {
    o.heads = static_cast<std::int64_t>(*value++);
    o.scale = *value++;
    o.causal = *value++ != 0;
    o.every = static_cast<std::int64_t>(*value++);
    o.dropout = *value++;
    o.site = static_cast<std::int64_t>(*value++);
  }
};
extern const Op attention_gradient_op;

using AverageShapes = AverageOperands<Shape>;
template <>
struct Row<AverageOperands> {
  static constexpr const char* kName = "average";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"spans", kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"averaged"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(AverageOperands<T>& o) {
    return {&o.x, &o.spans};
  }
  template <class T>
  static std::vector<T*> outputs_of(AverageOperands<T>& o) {
    return {&o.averaged};
  }
  template <class T>
  static void set(AverageOperands<T>&, const double*) {}
};
extern const Op average_op;

using AverageGradientShapes = AverageGradientOperands<Shape>;
template <>
struct Row<AverageGradientOperands> {
  static constexpr const char* kName = "averageGradient";
  static std::vector<OperandRule> inputs() {
    return {{"dAveraged"}, {"spans", kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(AverageGradientOperands<T>& o) {
    return {&o.d_averaged, &o.spans};
  }
  template <class T>
  static std::vector<T*> outputs_of(AverageGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(AverageGradientOperands<T>&, const double*) {}
};
extern const Op average_gradient_op;

using AverageStepShapes = AverageStepOperands<Shape>;
template <>
struct Row<AverageStepOperands> {
  static constexpr const char* kName = "averageStep";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"parents", kIntegers}, {"lengths", kIntegers}, {"slots", kIntegers}, {"cache", kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"averaged"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(AverageStepOperands<T>& o) {
    return {&o.x, &o.parents, &o.lengths, &o.slots, &o.cache};
  }
  template <class T>
  static std::vector<T*> outputs_of(AverageStepOperands<T>& o) {
    return {&o.averaged};
  }
  template <class T>
  static void set(AverageStepOperands<T>&, const double*) {}
};
extern const Op average_step_op;

using BalanceShapes = BalanceOperands<Shape>;
template <>
struct Row<BalanceOperands> {
  static constexpr const char* kName = "balance";
  static std::vector<OperandRule> inputs() {
    return {{"x"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"balance"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(BalanceOperands<T>& o) {
    return {&o.x};
  }
  template <class T>
  static std::vector<T*> outputs_of(BalanceOperands<T>& o) {
    return {&o.balance};
  }
  template <class T>
  static void set(BalanceOperands<T>&, const double*) {}
};
extern const Op balance_op;

using BalanceGradientShapes = BalanceGradientOperands<Shape>;
template <>
struct Row<BalanceGradientOperands> {
  static constexpr const char* kName = "balanceGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"dBalance"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(BalanceGradientOperands<T>& o) {
    return {&o.x, &o.d_balance};
  }
  template <class T>
  static std::vector<T*> outputs_of(BalanceGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(BalanceGradientOperands<T>&, const double*) {}
};
extern const Op balance_gradient_op;

using CachedAttentionShapes = CachedAttentionOperands<Shape>;
template <>
struct Row<CachedAttentionOperands> {
  static constexpr const char* kName = "cachedAttention";
  static std::vector<OperandRule> inputs() {
    return {{"q"}, {"k", kNarrow}, {"v", kNarrow}, {"ancestors", kIntegers}, {"spans", kIntegers},
            {"relativeKeys", kOptional}, {"relativeValues", kOptional}, {"distanceBias", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"attended"}, {"weights", kOptional}};
  }
  static std::vector<Attribute> attributes() {
    return {{"heads", Attribute::kCount, {}}, {"scale", Attribute::kNumber, {}}, {"traced", Attribute::kBoolean, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(CachedAttentionOperands<T>& o) {
    return {&o.q, &o.k, &o.v, &o.ancestors, &o.spans, &o.relative_keys, &o.relative_values, &o.distance_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(CachedAttentionOperands<T>& o) {
    return {&o.attended, &o.weights};
  }
  template <class T>
  static void set(CachedAttentionOperands<T>& o, const double* value) {
    o.heads = static_cast<std::int64_t>(*value++);
    o.scale = *value++;
    o.traced = *value++ != 0;
  }
};
extern const Op cached_attention_op;

using CandidatesShapes = CandidatesOperands<Shape>;
template <>
struct Row<CandidatesOperands> {
  static constexpr const char* kName = "candidates";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight", kEncoded}, {"bias", kOptional}, {"edits", kIntegers}, {"values"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"scores"}, {"ids", kIntegers}};
  }
  static std::vector<Attribute> attributes() {
    return {{"normalize", Attribute::kWord, {"before", "after", "both"}}, {"scale", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(CandidatesOperands<T>& o) {
    return {&o.x, &o.weight, &o.bias, &o.edits, &o.values};
  }
  template <class T>
  static std::vector<T*> outputs_of(CandidatesOperands<T>& o) {
    return {&o.scores, &o.ids};
  }
  template <class T>
  static void set(CandidatesOperands<T>& o, const double* value) {
    o.normalize = static_cast<Normalize>(static_cast<int>(*value++));
    o.scale = *value++;
  }
};
extern const Op candidates_op;

using CrossEntropyShapes = CrossEntropyOperands<Shape>;
template <>
struct Row<CrossEntropyOperands> {
  static constexpr const char* kName = "crossEntropy";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight"}, {"bias", kOptional}, {"ids", kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"losses"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"smoothing", Attribute::kNumber, {}}, {"over", Attribute::kWord, {"all", "others"}},
            {"scale", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(CrossEntropyOperands<T>& o) {
    return {&o.x, &o.weight, &o.bias, &o.ids};
  }
  template <class T>
  static std::vector<T*> outputs_of(CrossEntropyOperands<T>& o) {
    return {&o.losses};
  }
  template <class T>
  static void set(CrossEntropyOperands<T>& o, const double* value) {
    o.smoothing = *value++;
    o.over = static_cast<Over>(static_cast<int>(*value++));
    o.scale = *value++;
  }
};
extern const Op cross_entropy_op;

using CrossEntropyGradientShapes = CrossEntropyGradientOperands<Shape>;
template <>
struct Row<CrossEntropyGradientOperands> {
  static constexpr const char* kName = "crossEntropyGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight"}, {"bias", kOptional}, {"ids", kIntegers}, {"dLoss"}, {"dWeight", kOptional | kWritten},
            {"dBias", kOptional | kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"losses"}, {"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"smoothing", Attribute::kNumber, {}}, {"over", Attribute::kWord, {"all", "others"}},
            {"scale", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(CrossEntropyGradientOperands<T>& o) {
    return {&o.x, &o.weight, &o.bias, &o.ids, &o.d_loss, &o.d_weight, &o.d_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(CrossEntropyGradientOperands<T>& o) {
    return {&o.losses, &o.dx};
  }
  template <class T>
  static void set(CrossEntropyGradientOperands<T>& o, const double* value) {
    o.smoothing = *value++;
    o.over = static_cast<Over>(static_cast<int>(*value++));
    o.scale = *value++;
  }
};
extern const Op cross_entropy_gradient_op;

using DepthwiseShapes = DepthwiseOperands<Shape>;
template <>
struct Row<DepthwiseOperands> {
  static constexpr const char* kName = "depthwise";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight"}, {"spans", kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"convolved"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"dilation", Attribute::kCount, {}}, {"before", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(DepthwiseOperands<T>& o) {
    return {&o.x, &o.weight, &o.spans};
  }
  template <class T>
  static std::vector<T*> outputs_of(DepthwiseOperands<T>& o) {
    return {&o.convolved};
  }
  template <class T>
  static void set(DepthwiseOperands<T>& o, const double* value) {
    o.dilation = static_cast<std::int64_t>(*value++);
    o.before = static_cast<std::int64_t>(*value++);
  }
};
extern const Op depthwise_op;

using DepthwiseGradientShapes = DepthwiseGradientOperands<Shape>;
template <>
struct Row<DepthwiseGradientOperands> {
  static constexpr const char* kName = "depthwiseGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight"}, {"spans", kIntegers}, {"dConvolved"}, {"dWeight", kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"dilation", Attribute::kCount, {}}, {"before", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(DepthwiseGradientOperands<T>& o) {
    return {&o.x, &o.weight, &o.spans, &o.d_convolved, &o.d_weight};
  }
  template <class T>
  static std::vector<T*> outputs_of(DepthwiseGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(DepthwiseGradientOperands<T>& o, const double* value) {
    o.dilation = static_cast<std::int64_t>(*value++);
    o.before = static_cast<std::int64_t>(*value++);
  }
};
extern const Op depthwise_gradient_op;

using DepthwiseStepShapes = DepthwiseStepOperands<Shape>;
template <>
struct Row<DepthwiseStepOperands> {
  static constexpr const char* kName = "depthwiseStep";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight"}, {"slots", kIntegers}, {"ancestors", kIntegers}, {"spans", kIntegers}, {"cache", kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"convolved"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"dilation", Attribute::kCount, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(DepthwiseStepOperands<T>& o) {
    return {&o.x, &o.weight, &o.slots, &o.ancestors, &o.spans, &o.cache};
  }
  template <class T>
  static std::vector<T*> outputs_of(DepthwiseStepOperands<T>& o) {
    return {&o.convolved};
  }
  template <class T>
  static void set(DepthwiseStepOperands<T>& o, const double* value) {
    o.dilation = static_cast<std::int64_t>(*value++);
  }
};
extern const Op depthwise_step_op;

using DisentangledAttentionShapes = DisentangledAttentionOperands<Shape>;
template <>
struct Row<DisentangledAttentionOperands> {
  static constexpr const char* kName = "disentangledAttention";
  static std::vector<OperandRule> inputs() {
    return {{"q"}, {"k"}, {"v"}, {"queries", kIntegers}, {"keys", kIntegers}, {"buckets", kIntegers},
            {"positionKeys", kOptional}, {"positionQueries", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"attended"}, {"weights", kOptional}};
  }
  static std::vector<Attribute> attributes() {
    return {{"heads", Attribute::kCount, {}}, {"scale", Attribute::kNumber, {}}, {"traced", Attribute::kBoolean, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(DisentangledAttentionOperands<T>& o) {
    return {&o.q, &o.k, &o.v, &o.queries, &o.keys, &o.buckets, &o.position_keys, &o.position_queries};
  }
  template <class T>
  static std::vector<T*> outputs_of(DisentangledAttentionOperands<T>& o) {
    return {&o.attended, &o.weights};
  }
  template <class T>
  static void set(DisentangledAttentionOperands<T>& o, const double* value) {
    o.heads = static_cast<std::int64_t>(*value++);
    o.scale = *value++;
    o.traced = *value++ != 0;
  }
};
extern const Op disentangled_attention_op;

using DistillationShapes = DistillationOperands<Shape>;
template <>
struct Row<DistillationOperands> {
  static constexpr const char* kName = "distillation";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight"}, {"bias", kOptional}, {"ids", kIntegers}, {"teacherX"}, {"teacherWeight"},
            {"teacherBias", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"losses"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"smoothing", Attribute::kNumber, {}}, {"over", Attribute::kWord, {"all", "others"}},
            {"scale", Attribute::kNumber, {}}, {"teacherScale", Attribute::kNumber, {}},
            {"temperature", Attribute::kNumber, {}}, {"share", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(DistillationOperands<T>& o) {
    return {&o.x, &o.weight, &o.bias, &o.ids, &o.teacher_x, &o.teacher_weight, &o.teacher_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(DistillationOperands<T>& o) {
    return {&o.losses};
  }
  template <class T>
  static void set(DistillationOperands<T>& o, const double* value) {
    o.smoothing = *value++;
    o.over = static_cast<Over>(static_cast<int>(*value++));
    o.scale = *value++;
    o.teacher_scale = *value++;
    o.temperature = *value++;
    o.share = *value++;
  }
};
extern const Op distillation_op;

using DistillationGradientShapes = DistillationGradientOperands<Shape>;
template <>
struct Row<DistillationGradientOperands> {
  static constexpr const char* kName = "distillationGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight"}, {"bias", kOptional}, {"ids", kIntegers}, {"teacherX"}, {"teacherWeight"},
            {"teacherBias", kOptional}, {"dLoss"}, {"dWeight", kOptional | kWritten}, {"dBias", kOptional | kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"losses"}, {"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"smoothing", Attribute::kNumber, {}}, {"over", Attribute::kWord, {"all", "others"}},
            {"scale", Attribute::kNumber, {}}, {"teacherScale", Attribute::kNumber, {}},
            {"temperature", Attribute::kNumber, {}}, {"share", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(DistillationGradientOperands<T>& o) {
    return {&o.x, &o.weight, &o.bias, &o.ids, &o.teacher_x, &o.teacher_weight, &o.teacher_bias, &o.d_loss, &o.d_weight,
            &o.d_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(DistillationGradientOperands<T>& o) {
    return {&o.losses, &o.dx};
  }
  template <class T>
  static void set(DistillationGradientOperands<T>& o, const double* value) {
    o.smoothing = *value++;
    o.over = static_cast<Over>(static_cast<int>(*value++));
    o.scale = *value++;
    o.teacher_scale = *value++;
    o.temperature = *value++;
    o.share = *value++;
  }
};
extern const Op distillation_gradient_op;

using DropoutShapes = DropoutOperands<Shape>;
template <>
struct Row<DropoutOperands> {
  static constexpr const char* kName = "dropout";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"seed", kIntegers}, {"residual", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dropped"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"rate", Attribute::kNumber, {}}, {"site", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(DropoutOperands<T>& o) {
    return {&o.x, &o.seed, &o.residual};
  }
  template <class T>
  static std::vector<T*> outputs_of(DropoutOperands<T>& o) {
    return {&o.dropped};
  }
  template <class T>
  static void set(DropoutOperands<T>& o, const double* value) {
    o.rate = *value++;
    o.site = static_cast<std::int64_t>(*value++);
  }
};
extern const Op dropout_op;

using EmbedShapes = EmbedOperands<Shape>;
template <>
struct Row<EmbedOperands> {
  static constexpr const char* kName = "embed";
  static std::vector<OperandRule> inputs() {
    return {{"table", kEncoded}, {"tokens", kIntegers}, {"positions", kOptional | kIntegers},
            {"positionTable", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"embedded"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"scale", Attribute::kNumber, {}}, {"positionOffset", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(EmbedOperands<T>& o) {
    return {&o.table, &o.tokens, &o.positions, &o.position_table};
  }
  template <class T>
  static std::vector<T*> outputs_of(EmbedOperands<T>& o) {
    return {&o.embedded};
  }
  template <class T>
  static void set(EmbedOperands<T>& o, const double* value) {
    o.scale = *value++;
    o.position_offset = static_cast<std::int64_t>(*value++);
  }
};
extern const Op embed_op;

using EmbedGradientShapes = EmbedGradientOperands<Shape>;
template <>
struct Row<EmbedGradientOperands> {
  static constexpr const char* kName = "embedGradient";
  static std::vector<OperandRule> inputs() {
    return {{"tokens", kIntegers}, {"positions", kOptional | kIntegers}, {"dx"}, {"dTable", kWritten},
            {"dPositionTable", kOptional | kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {};
  }
  static std::vector<Attribute> attributes() {
    return {{"scale", Attribute::kNumber, {}}, {"positionOffset", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(EmbedGradientOperands<T>& o) {
    return {&o.tokens, &o.positions, &o.dx, &o.d_table, &o.d_position_table};
  }
  template <class T>
  static std::vector<T*> outputs_of(EmbedGradientOperands<T>&) {
    return {};
  }
  template <class T>
  static void set(EmbedGradientOperands<T>& o, const double* value) {
    o.scale = *value++;
    o.position_offset = static_cast<std::int64_t>(*value++);
  }
};
extern const Op embed_gradient_op;

using FoldShapes = FoldOperands<Shape>;
template <>
struct Row<FoldOperands> {
  static constexpr const char* kName = "fold";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"inverse", kIntegers}, {"index", kOptional | kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"folded"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"taps", Attribute::kCount, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(FoldOperands<T>& o) {
    return {&o.x, &o.inverse, &o.index};
  }
  template <class T>
  static std::vector<T*> outputs_of(FoldOperands<T>& o) {
    return {&o.folded};
  }
  template <class T>
  static void set(FoldOperands<T>& o, const double* value) {
    o.taps = static_cast<std::int64_t>(*value++);
  }
};
extern const Op fold_op;

using GatedActivationShapes = GatedActivationOperands<Shape>;
template <>
struct Row<GatedActivationOperands> {
  static constexpr const char* kName = "gatedActivation";
  static std::vector<OperandRule> inputs() {
    return {{"gate"}, {"x"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"gated"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"activation", Attribute::kWord, {"none", "relu", "gelu", "geluTanh", "swish", "tanh"}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(GatedActivationOperands<T>& o) {
    return {&o.gate, &o.x};
  }
  template <class T>
  static std::vector<T*> outputs_of(GatedActivationOperands<T>& o) {
    return {&o.gated};
  }
  template <class T>
  static void set(GatedActivationOperands<T>& o, const double* value) {
    o.activation = static_cast<Activation>(static_cast<int>(*value++));
  }
};
extern const Op gated_activation_op;

using GatedActivationGradientShapes = GatedActivationGradientOperands<Shape>;
template <>
struct Row<GatedActivationGradientOperands> {
  static constexpr const char* kName = "gatedActivationGradient";
  static std::vector<OperandRule> inputs() {
    return {{"gate"}, {"x"}, {"dy"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dGate"}, {"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"activation", Attribute::kWord, {"none", "relu", "gelu", "geluTanh", "swish", "tanh"}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(GatedActivationGradientOperands<T>& o) {
    return {&o.gate, &o.x, &o.dy};
  }
  template <class T>
  static std::vector<T*> outputs_of(GatedActivationGradientOperands<T>& o) {
    return {&o.d_gate, &o.dx};
  }
  template <class T>
  static void set(GatedActivationGradientOperands<T>& o, const double* value) {
    o.activation = static_cast<Activation>(static_cast<int>(*value++));
  }
};
extern const Op gated_activation_gradient_op;

using GatedSumShapes = GatedSumOperands<Shape>;
template <>
struct Row<GatedSumOperands> {
  static constexpr const char* kName = "gatedSum";
  static std::vector<OperandRule> inputs() {
    return {{"gateA"}, {"a"}, {"gateB"}, {"b"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"summed"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(GatedSumOperands<T>& o) {
    return {&o.gate_a, &o.a, &o.gate_b, &o.b};
  }
  template <class T>
  static std::vector<T*> outputs_of(GatedSumOperands<T>& o) {
    return {&o.summed};
  }
  template <class T>
  static void set(GatedSumOperands<T>&, const double*) {}
};
extern const Op gated_sum_op;

using GatedSumGradientShapes = GatedSumGradientOperands<Shape>;
template <>
struct Row<GatedSumGradientOperands> {
  static constexpr const char* kName = "gatedSumGradient";
  static std::vector<OperandRule> inputs() {
    return {{"gateA"}, {"a"}, {"gateB"}, {"b"}, {"dSum"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dGateA"}, {"dA"}, {"dGateB"}, {"dB"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(GatedSumGradientOperands<T>& o) {
    return {&o.gate_a, &o.a, &o.gate_b, &o.b, &o.d_sum};
  }
  template <class T>
  static std::vector<T*> outputs_of(GatedSumGradientOperands<T>& o) {
    return {&o.d_gate_a, &o.d_a, &o.d_gate_b, &o.d_b};
  }
  template <class T>
  static void set(GatedSumGradientOperands<T>&, const double*) {}
};
extern const Op gated_sum_gradient_op;

using GatesShapes = GatesOperands<Shape>;
template <>
struct Row<GatesOperands> {
  static constexpr const char* kName = "gates";
  static std::vector<OperandRule> inputs() {
    return {{"clean"}, {"deviation", kOptional}, {"noise", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"gates"}, {"load"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"k", Attribute::kCount, {}}, {"overAll", Attribute::kBoolean, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(GatesOperands<T>& o) {
    return {&o.clean, &o.deviation, &o.noise};
  }
  template <class T>
  static std::vector<T*> outputs_of(GatesOperands<T>& o) {
    return {&o.gates, &o.load};
  }
  template <class T>
  static void set(GatesOperands<T>& o, const double* value) {
    o.k = static_cast<std::int64_t>(*value++);
    o.over_all = *value++ != 0;
  }
};
extern const Op gates_op;

using GatesGradientShapes = GatesGradientOperands<Shape>;
template <>
struct Row<GatesGradientOperands> {
  static constexpr const char* kName = "gatesGradient";
  static std::vector<OperandRule> inputs() {
    return {{"clean"}, {"deviation", kOptional}, {"noise", kOptional}, {"dGates"}, {"dLoad", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dClean"}, {"dDeviation", kOptional}};
  }
  static std::vector<Attribute> attributes() {
    return {{"k", Attribute::kCount, {}}, {"overAll", Attribute::kBoolean, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(GatesGradientOperands<T>& o) {
    return {&o.clean, &o.deviation, &o.noise, &o.d_gates, &o.d_load};
  }
  template <class T>
  static std::vector<T*> outputs_of(GatesGradientOperands<T>& o) {
    return {&o.d_clean, &o.d_deviation};
  }
  template <class T>
  static void set(GatesGradientOperands<T>& o, const double* value) {
    o.k = static_cast<std::int64_t>(*value++);
    o.over_all = *value++ != 0;
  }
};
extern const Op gates_gradient_op;

using HeadOffShapes = HeadOffOperands<Shape>;
template <>
struct Row<HeadOffOperands> {
  static constexpr const char* kName = "headOff";
  static std::vector<OperandRule> inputs() {
    return {{"attended"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"kept"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"heads", Attribute::kCount, {}}, {"head", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(HeadOffOperands<T>& o) {
    return {&o.attended};
  }
  template <class T>
  static std::vector<T*> outputs_of(HeadOffOperands<T>& o) {
    return {&o.kept};
  }
  template <class T>
  static void set(HeadOffOperands<T>& o, const double* value) {
    o.heads = static_cast<std::int64_t>(*value++);
    o.head = static_cast<std::int64_t>(*value++);
  }
};
extern const Op head_off_op;

using LayerNormShapes = LayerNormOperands<Shape>;
template <>
struct Row<LayerNormOperands> {
  static constexpr const char* kName = "layerNorm";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"gamma"}, {"beta"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"normed"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"epsilon", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(LayerNormOperands<T>& o) {
    return {&o.x, &o.gamma, &o.beta};
  }
  template <class T>
  static std::vector<T*> outputs_of(LayerNormOperands<T>& o) {
    return {&o.normed};
  }
  template <class T>
  static void set(LayerNormOperands<T>& o, const double* value) {
    o.epsilon = *value++;
  }
};
extern const Op layer_norm_op;

using LayerNormGradientShapes = LayerNormGradientOperands<Shape>;
template <>
struct Row<LayerNormGradientOperands> {
  static constexpr const char* kName = "layerNormGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"gamma"}, {"dy"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}, {"statistics"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"epsilon", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(LayerNormGradientOperands<T>& o) {
    return {&o.x, &o.gamma, &o.dy};
  }
  template <class T>
  static std::vector<T*> outputs_of(LayerNormGradientOperands<T>& o) {
    return {&o.dx, &o.statistics};
  }
  template <class T>
  static void set(LayerNormGradientOperands<T>& o, const double* value) {
    o.epsilon = *value++;
  }
};
extern const Op layer_norm_gradient_op;

using LinearShapes = LinearOperands<Shape>;
template <>
struct Row<LinearOperands> {
  static constexpr const char* kName = "linear";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight", kEncoded}, {"bias", kOptional}, {"residual", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"out"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"activation", Attribute::kWord, {"none", "relu", "gelu", "geluTanh", "swish", "tanh"}},
            {"scale", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(LinearOperands<T>& o) {
    return {&o.x, &o.weight, &o.bias, &o.residual};
  }
  template <class T>
  static std::vector<T*> outputs_of(LinearOperands<T>& o) {
    return {&o.out};
  }
  template <class T>
  static void set(LinearOperands<T>& o, const double* value) {
    o.activation = static_cast<Activation>(static_cast<int>(*value++));
    o.scale = *value++;
  }
};
extern const Op linear_op;

using LinearInputGradientShapes = LinearInputGradientOperands<Shape>;
template <>
struct Row<LinearInputGradientOperands> {
  static constexpr const char* kName = "linearInputGradient";
  static std::vector<OperandRule> inputs() {
    return {{"dy"}, {"weight"}, {"x", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"scale", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(LinearInputGradientOperands<T>& o) {
    return {&o.dy, &o.weight, &o.x};
  }
  template <class T>
  static std::vector<T*> outputs_of(LinearInputGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(LinearInputGradientOperands<T>& o, const double* value) {
    o.scale = *value++;
  }
};
extern const Op linear_input_gradient_op;

using LinearWeightGradientShapes = LinearWeightGradientOperands<Shape>;
template <>
struct Row<LinearWeightGradientOperands> {
  static constexpr const char* kName = "linearWeightGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"dy"}, {"dWeight", kWritten}, {"dBias", kOptional | kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {};
  }
  static std::vector<Attribute> attributes() {
    return {{"scale", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(LinearWeightGradientOperands<T>& o) {
    return {&o.x, &o.dy, &o.d_weight, &o.d_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(LinearWeightGradientOperands<T>&) {
    return {};
  }
  template <class T>
  static void set(LinearWeightGradientOperands<T>& o, const double* value) {
    o.scale = *value++;
  }
};
extern const Op linear_weight_gradient_op;

using ListedCandidatesShapes = ListedCandidatesOperands<Shape>;
template <>
struct Row<ListedCandidatesOperands> {
  static constexpr const char* kName = "listedCandidates";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"weight", kEncoded}, {"bias", kOptional}, {"edits", kIntegers}, {"values"}, {"listed"},
            {"listedIds", kIntegers}, {"lists", kIntegers}, {"queries", kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"scores"}, {"ids", kIntegers}};
  }
  static std::vector<Attribute> attributes() {
    return {{"normalize", Attribute::kWord, {"before", "after", "both"}}, {"scale", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(ListedCandidatesOperands<T>& o) {
    return {&o.x, &o.weight, &o.bias, &o.edits, &o.values, &o.listed, &o.listed_ids, &o.lists, &o.queries};
  }
  template <class T>
  static std::vector<T*> outputs_of(ListedCandidatesOperands<T>& o) {
    return {&o.scores, &o.ids};
  }
  template <class T>
  static void set(ListedCandidatesOperands<T>& o, const double* value) {
    o.normalize = static_cast<Normalize>(static_cast<int>(*value++));
    o.scale = *value++;
  }
};
extern const Op listed_candidates_op;

using LogSoftmaxShapes = LogSoftmaxOperands<Shape>;
template <>
struct Row<LogSoftmaxOperands> {
  static constexpr const char* kName = "logSoftmax";
  static std::vector<OperandRule> inputs() {
    return {{"x"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"logSoftmax"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(LogSoftmaxOperands<T>& o) {
    return {&o.x};
  }
  template <class T>
  static std::vector<T*> outputs_of(LogSoftmaxOperands<T>& o) {
    return {&o.log_softmax};
  }
  template <class T>
  static void set(LogSoftmaxOperands<T>&, const double*) {}
};
extern const Op log_softmax_op;

using LogSoftmaxGradientShapes = LogSoftmaxGradientOperands<Shape>;
template <>
struct Row<LogSoftmaxGradientOperands> {
  static constexpr const char* kName = "logSoftmaxGradient";
  static std::vector<OperandRule> inputs() {
    return {{"y"}, {"dy"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(LogSoftmaxGradientOperands<T>& o) {
    return {&o.y, &o.dy};
  }
  template <class T>
  static std::vector<T*> outputs_of(LogSoftmaxGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(LogSoftmaxGradientOperands<T>&, const double*) {}
};
extern const Op log_softmax_gradient_op;

using LowRankShapes = LowRankOperands<Shape>;
template <>
struct Row<LowRankOperands> {
  static constexpr const char* kName = "lowRank";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"product", kOptional}, {"matrices"}, {"places", kIntegers}, {"adapters", kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"adapted"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"outputs", Attribute::kCount, {}}, {"direction", Attribute::kWord, {"forward", "back"}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(LowRankOperands<T>& o) {
    return {&o.x, &o.product, &o.matrices, &o.places, &o.adapters};
  }
  template <class T>
  static std::vector<T*> outputs_of(LowRankOperands<T>& o) {
    return {&o.adapted};
  }
  template <class T>
  static void set(LowRankOperands<T>& o, const double* value) {
    o.outputs = static_cast<std::int64_t>(*value++);
    o.direction = static_cast<Direction>(static_cast<int>(*value++));
  }
};
extern const Op low_rank_op;

using MixtureShapes = MixtureOperands<Shape>;
template <>
struct Row<MixtureOperands> {
  static constexpr const char* kName = "mixture";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"gates"}, {"inner", kEncoded}, {"outer", kEncoded}, {"innerBias", kOptional},
            {"outerBias", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"mixed"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"activation", Attribute::kWord, {"none", "relu", "gelu", "geluTanh", "swish", "tanh"}},
            {"scale", Attribute::kNumber, {}}, {"k", Attribute::kCount, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(MixtureOperands<T>& o) {
    return {&o.x, &o.gates, &o.inner, &o.outer, &o.inner_bias, &o.outer_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(MixtureOperands<T>& o) {
    return {&o.mixed};
  }
  template <class T>
  static void set(MixtureOperands<T>& o, const double* value) {
    o.activation = static_cast<Activation>(static_cast<int>(*value++));
    o.scale = *value++;
    o.k = static_cast<std::int64_t>(*value++);
  }
};
extern const Op mixture_op;

using MixtureGradientShapes = MixtureGradientOperands<Shape>;
template <>
struct Row<MixtureGradientOperands> {
  static constexpr const char* kName = "mixtureGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"gates"}, {"inner"}, {"outer"}, {"innerBias", kOptional}, {"outerBias", kOptional}, {"dMixed"},
            {"dInner", kWritten}, {"dOuter", kWritten}, {"dInnerBias", kOptional | kWritten},
            {"dOuterBias", kOptional | kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}, {"dGates"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"activation", Attribute::kWord, {"none", "relu", "gelu", "geluTanh", "swish", "tanh"}},
            {"scale", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(MixtureGradientOperands<T>& o) {
    return {&o.x, &o.gates, &o.inner, &o.outer, &o.inner_bias, &o.outer_bias, &o.d_mixed, &o.d_inner, &o.d_outer,
            &o.d_inner_bias, &o.d_outer_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(MixtureGradientOperands<T>& o) {
    return {&o.dx, &o.d_gates};
  }
  template <class T>
  static void set(MixtureGradientOperands<T>& o, const double* value) {
    o.activation = static_cast<Activation>(static_cast<int>(*value++));
    o.scale = *value++;
  }
};
extern const Op mixture_gradient_op;

using MoveCodebookShapes = MoveCodebookOperands<Shape>;
template <>
struct Row<MoveCodebookOperands> {
  static constexpr const char* kName = "moveCodebook";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"codes", kIntegers}, {"counts", kWritten}, {"sums", kWritten}, {"codebook", kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {};
  }
  static std::vector<Attribute> attributes() {
    return {{"blocks", Attribute::kCount, {}}, {"decay", Attribute::kNumber, {}}, {"epsilon", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(MoveCodebookOperands<T>& o) {
    return {&o.x, &o.codes, &o.counts, &o.sums, &o.codebook};
  }
  template <class T>
  static std::vector<T*> outputs_of(MoveCodebookOperands<T>&) {
    return {};
  }
  template <class T>
  static void set(MoveCodebookOperands<T>& o, const double* value) {
    o.blocks = static_cast<std::int64_t>(*value++);
    o.decay = *value++;
    o.epsilon = *value++;
  }
};
extern const Op move_codebook_op;

using NormWeightGradientShapes = NormWeightGradientOperands<Shape>;
template <>
struct Row<NormWeightGradientOperands> {
  static constexpr const char* kName = "normWeightGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"statistics"}, {"dy"}, {"dGamma", kWritten}, {"dBeta", kOptional | kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(NormWeightGradientOperands<T>& o) {
    return {&o.x, &o.statistics, &o.dy, &o.d_gamma, &o.d_beta};
  }
  template <class T>
  static std::vector<T*> outputs_of(NormWeightGradientOperands<T>&) {
    return {};
  }
  template <class T>
  static void set(NormWeightGradientOperands<T>&, const double*) {}
};
extern const Op norm_weight_gradient_op;

using QuantizeShapes = QuantizeOperands<Shape>;
template <>
struct Row<QuantizeOperands> {
  static constexpr const char* kName = "quantize";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"codebook"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"quantized"}, {"codes", kIntegers}, {"errors"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"blocks", Attribute::kCount, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(QuantizeOperands<T>& o) {
    return {&o.x, &o.codebook};
  }
  template <class T>
  static std::vector<T*> outputs_of(QuantizeOperands<T>& o) {
    return {&o.quantized, &o.codes, &o.errors};
  }
  template <class T>
  static void set(QuantizeOperands<T>& o, const double* value) {
    o.blocks = static_cast<std::int64_t>(*value++);
  }
};
extern const Op quantize_op;

using QuantizeGradientShapes = QuantizeGradientOperands<Shape>;
template <>
struct Row<QuantizeGradientOperands> {
  static constexpr const char* kName = "quantizeGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"quantized"}, {"dQuantized"}, {"dErrors"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(QuantizeGradientOperands<T>& o) {
    return {&o.x, &o.quantized, &o.d_quantized, &o.d_errors};
  }
  template <class T>
  static std::vector<T*> outputs_of(QuantizeGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(QuantizeGradientOperands<T>&, const double*) {}
};
extern const Op quantize_gradient_op;

using RangedCandidatesShapes = RangedCandidatesOperands<Shape>;
template <>
struct Row<RangedCandidatesOperands> {
  static constexpr const char* kName = "rangedCandidates";
  static std::vector<OperandRule> inputs() {
    return {{"logits"}, {"ranges", kIntegers}, {"edits", kIntegers}, {"values"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"scores"}, {"ids", kIntegers}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(RangedCandidatesOperands<T>& o) {
    return {&o.logits, &o.ranges, &o.edits, &o.values};
  }
  template <class T>
  static std::vector<T*> outputs_of(RangedCandidatesOperands<T>& o) {
    return {&o.scores, &o.ids};
  }
  template <class T>
  static void set(RangedCandidatesOperands<T>&, const double*) {}
};
extern const Op ranged_candidates_op;

using RmsNormShapes = RmsNormOperands<Shape>;
template <>
struct Row<RmsNormOperands> {
  static constexpr const char* kName = "rmsNorm";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"gamma"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"normed"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"epsilon", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(RmsNormOperands<T>& o) {
    return {&o.x, &o.gamma};
  }
  template <class T>
  static std::vector<T*> outputs_of(RmsNormOperands<T>& o) {
    return {&o.normed};
  }
  template <class T>
  static void set(RmsNormOperands<T>& o, const double* value) {
    o.epsilon = *value++;
  }
};
extern const Op rms_norm_op;

using RmsNormGradientShapes = RmsNormGradientOperands<Shape>;
template <>
struct Row<RmsNormGradientOperands> {
  static constexpr const char* kName = "rmsNormGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"gamma"}, {"dy"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}, {"statistics"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"epsilon", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(RmsNormGradientOperands<T>& o) {
    return {&o.x, &o.gamma, &o.dy};
  }
  template <class T>
  static std::vector<T*> outputs_of(RmsNormGradientOperands<T>& o) {
    return {&o.dx, &o.statistics};
  }
  template <class T>
  static void set(RmsNormGradientOperands<T>& o, const double* value) {
    o.epsilon = *value++;
  }
};
extern const Op rms_norm_gradient_op;

using RotateShapes = RotateOperands<Shape>;
template <>
struct Row<RotateOperands> {
  static constexpr const char* kName = "rotate";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"positions", kIntegers}, {"rotations"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"rotated"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"columns", Attribute::kCount, {}}, {"direction", Attribute::kWord, {"forward", "back"}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(RotateOperands<T>& o) {
    return {&o.x, &o.positions, &o.rotations};
  }
  template <class T>
  static std::vector<T*> outputs_of(RotateOperands<T>& o) {
    return {&o.rotated};
  }
  template <class T>
  static void set(RotateOperands<T>& o, const double* value) {
    o.columns = static_cast<std::int64_t>(*value++);
    o.direction = static_cast<Direction>(static_cast<int>(*value++));
  }
};
extern const Op rotate_op;

using RouterLossShapes = RouterLossOperands<Shape>;
template <>
struct Row<RouterLossOperands> {
  static constexpr const char* kName = "routerLoss";
  static std::vector<OperandRule> inputs() {
    return {{"scores"}, {"spans", kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"loss"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"experts", Attribute::kCount, {}}, {"k", Attribute::kCount, {}}, {"balance", Attribute::kNumber, {}},
            {"z", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(RouterLossOperands<T>& o) {
    return {&o.scores, &o.spans};
  }
  template <class T>
  static std::vector<T*> outputs_of(RouterLossOperands<T>& o) {
    return {&o.loss};
  }
  template <class T>
  static void set(RouterLossOperands<T>& o, const double* value) {
    o.experts = static_cast<std::int64_t>(*value++);
    o.k = static_cast<std::int64_t>(*value++);
    o.balance = *value++;
    o.z = *value++;
  }
};
extern const Op router_loss_op;

using RouterLossGradientShapes = RouterLossGradientOperands<Shape>;
template <>
struct Row<RouterLossGradientOperands> {
  static constexpr const char* kName = "routerLossGradient";
  static std::vector<OperandRule> inputs() {
    return {{"scores"}, {"spans", kIntegers}, {"dLoss"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dScores"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"experts", Attribute::kCount, {}}, {"k", Attribute::kCount, {}}, {"balance", Attribute::kNumber, {}},
            {"z", Attribute::kNumber, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(RouterLossGradientOperands<T>& o) {
    return {&o.scores, &o.spans, &o.d_loss};
  }
  template <class T>
  static std::vector<T*> outputs_of(RouterLossGradientOperands<T>& o) {
    return {&o.d_scores};
  }
  template <class T>
  static void set(RouterLossGradientOperands<T>& o, const double* value) {
    o.experts = static_cast<std::int64_t>(*value++);
    o.k = static_cast<std::int64_t>(*value++);
    o.balance = *value++;
    o.z = *value++;
  }
};
extern const Op router_loss_gradient_op;

using SemanticHashShapes = SemanticHashOperands<Shape>;
template <>
struct Row<SemanticHashOperands> {
  static constexpr const char* kName = "semanticHash";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"noise", kOptional}, {"hard", kOptional | kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"code"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(SemanticHashOperands<T>& o) {
    return {&o.x, &o.noise, &o.hard};
  }
  template <class T>
  static std::vector<T*> outputs_of(SemanticHashOperands<T>& o) {
    return {&o.code};
  }
  template <class T>
  static void set(SemanticHashOperands<T>&, const double*) {}
};
extern const Op semantic_hash_op;

using SemanticHashGradientShapes = SemanticHashGradientOperands<Shape>;
template <>
struct Row<SemanticHashGradientOperands> {
  static constexpr const char* kName = "semanticHashGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"noise", kOptional}, {"dCode"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(SemanticHashGradientOperands<T>& o) {
    return {&o.x, &o.noise, &o.d_code};
  }
  template <class T>
  static std::vector<T*> outputs_of(SemanticHashGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(SemanticHashGradientOperands<T>&, const double*) {}
};
extern const Op semantic_hash_gradient_op;

using SideAttentionShapes = SideAttentionOperands<Shape>;
template <>
struct Row<SideAttentionOperands> {
  static constexpr const char* kName = "sideAttention";
  static std::vector<OperandRule> inputs() {
    return {{"q"}, {"k"}, {"v"}, {"sideK"}, {"sideV"}, {"queries", kIntegers}, {"keys", kIntegers},
            {"sideKeys", kIntegers}, {"seed", kOptional | kIntegers}, {"at", kOptional | kIntegers},
            {"sideAt", kOptional | kIntegers}, {"distanceBias", kOptional}, {"sideBias", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"attended"}};
  }
  static std::vector<Attribute> attributes() {
    return {{"heads", Attribute::kCount, {}}, {"scale", Attribute::kNumber, {}}, {"every", Attribute::kCount, {}},
            {"dropout", Attribute::kNumber, {}}, {"site", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(SideAttentionOperands<T>& o) {
    return {&o.q, &o.k, &o.v, &o.side_k, &o.side_v, &o.queries, &o.keys, &o.side_keys, &o.seed, &o.at, &o.side_at,
            &o.distance_bias, &o.side_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(SideAttentionOperands<T>& o) {
    return {&o.attended};
  }
  template <class T>
  static void set(SideAttentionOperands<T>& o, const double* value) {
    o.heads = static_cast<std::int64_t>(*value++);
    o.scale = *value++;
    o.every = static_cast<std::int64_t>(*value++);
    o.dropout = *value++;
    o.site = static_cast<std::int64_t>(*value++);
  }
};
extern const Op side_attention_op;

using SideAttentionGradientShapes = SideAttentionGradientOperands<Shape>;
template <>
struct Row<SideAttentionGradientOperands> {
  static constexpr const char* kName = "sideAttentionGradient";
  static std::vector<OperandRule> inputs() {
    return {{"q"}, {"k"}, {"v"}, {"sideK"}, {"sideV"}, {"queries", kIntegers}, {"keys", kIntegers},
            {"sideKeys", kIntegers}, {"dz"}, {"seed", kOptional | kIntegers}, {"at", kOptional | kIntegers},
            {"sideAt", kOptional | kIntegers}, {"distanceBias", kOptional}, {"sideBias", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dq"}, {"dk"}, {"dv"}, {"dSideK"}, {"dSideV"}, {"dDistanceBias", kOptional}, {"dSideBias", kOptional}};
  }
  static std::vector<Attribute> attributes() {
    return {{"heads", Attribute::kCount, {}}, {"scale", Attribute::kNumber, {}}, {"every", Attribute::kCount, {}},
            {"dropout", Attribute::kNumber, {}}, {"site", Attribute::kInteger, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(SideAttentionGradientOperands<T>& o) {
    return {&o.q, &o.k, &o.v, &o.side_k, &o.side_v, &o.queries, &o.keys, &o.side_keys, &o.dz, &o.seed, &o.at,
            &o.side_at, &o.distance_bias, &o.side_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(SideAttentionGradientOperands<T>& o) {
    return {&o.dq, &o.dk, &o.dv, &o.d_side_k, &o.d_side_v, &o.d_distance_bias, &o.d_side_bias};
  }
  template <class T>
  static void set(SideAttentionGradientOperands<T>& o, const double* value) {
    o.heads = static_cast<std::int64_t>(*value++);
    o.scale = *value++;
    o.every = static_cast<std::int64_t>(*value++);
    o.dropout = *value++;
    o.site = static_cast<std::int64_t>(*value++);
  }
};
extern const Op side_attention_gradient_op;

using SoftmaxShapes = SoftmaxOperands<Shape>;
template <>
struct Row<SoftmaxOperands> {
  static constexpr const char* kName = "softmax";
  static std::vector<OperandRule> inputs() {
    return {{"x"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"softmax"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(SoftmaxOperands<T>& o) {
    return {&o.x};
  }
  template <class T>
  static std::vector<T*> outputs_of(SoftmaxOperands<T>& o) {
    return {&o.softmax};
  }
  template <class T>
  static void set(SoftmaxOperands<T>&, const double*) {}
};
extern const Op softmax_op;

using SoftmaxGradientShapes = SoftmaxGradientOperands<Shape>;
template <>
struct Row<SoftmaxGradientOperands> {
  static constexpr const char* kName = "softmaxGradient";
  static std::vector<OperandRule> inputs() {
    return {{"y"}, {"dy"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(SoftmaxGradientOperands<T>& o) {
    return {&o.y, &o.dy};
  }
  template <class T>
  static std::vector<T*> outputs_of(SoftmaxGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(SoftmaxGradientOperands<T>&, const double*) {}
};
extern const Op softmax_gradient_op;

using SsruShapes = SsruOperands<Shape>;
template <>
struct Row<SsruOperands> {
  static constexpr const char* kName = "ssru";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"forget"}, {"forgetBias"}, {"spans", kIntegers}, {"residual", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"recurred"}, {"states"}, {"gates", kOptional}};
  }
  static std::vector<Attribute> attributes() {
    return {{"traced", Attribute::kBoolean, {}}};
  }
  template <class T>
  static std::vector<T*> inputs_of(SsruOperands<T>& o) {
    return {&o.x, &o.forget, &o.forget_bias, &o.spans, &o.residual};
  }
  template <class T>
  static std::vector<T*> outputs_of(SsruOperands<T>& o) {
    return {&o.recurred, &o.states, &o.gates};
  }
  template <class T>
  static void set(SsruOperands<T>& o, const double* value) {
    o.traced = *value++ != 0;
  }
};
extern const Op ssru_op;

using SsruGradientShapes = SsruGradientOperands<Shape>;
template <>
struct Row<SsruGradientOperands> {
  static constexpr const char* kName = "ssruGradient";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"forget"}, {"forgetBias"}, {"states"}, {"spans", kIntegers}, {"dRecurred"},
            {"dForgetBias", kWritten}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}, {"dForget"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(SsruGradientOperands<T>& o) {
    return {&o.x, &o.forget, &o.forget_bias, &o.states, &o.spans, &o.d_recurred, &o.d_forget_bias};
  }
  template <class T>
  static std::vector<T*> outputs_of(SsruGradientOperands<T>& o) {
    return {&o.dx, &o.d_forget};
  }
  template <class T>
  static void set(SsruGradientOperands<T>&, const double*) {}
};
extern const Op ssru_gradient_op;

using SsruStepShapes = SsruStepOperands<Shape>;
template <>
struct Row<SsruStepOperands> {
  static constexpr const char* kName = "ssruStep";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"forget"}, {"forgetBias"}, {"parents", kIntegers}, {"slots", kIntegers}, {"cache", kWritten},
            {"residual", kOptional}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"recurred"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(SsruStepOperands<T>& o) {
    return {&o.x, &o.forget, &o.forget_bias, &o.parents, &o.slots, &o.cache, &o.residual};
  }
  template <class T>
  static std::vector<T*> outputs_of(SsruStepOperands<T>& o) {
    return {&o.recurred};
  }
  template <class T>
  static void set(SsruStepOperands<T>&, const double*) {}
};
extern const Op ssru_step_op;

using SumOfSquaresShapes = SumOfSquaresOperands<Shape>;
template <>
struct Row<SumOfSquaresOperands> {
  static constexpr const char* kName = "sumOfSquares";
  static std::vector<OperandRule> inputs() {
    return {{"x"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"sums"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(SumOfSquaresOperands<T>& o) {
    return {&o.x};
  }
  template <class T>
  static std::vector<T*> outputs_of(SumOfSquaresOperands<T>& o) {
    return {&o.sums};
  }
  template <class T>
  static void set(SumOfSquaresOperands<T>&, const double*) {}
};
extern const Op sum_of_squares_op;

using TokenLogProbabilityShapes = TokenLogProbabilityOperands<Shape>;
template <>
struct Row<TokenLogProbabilityOperands> {
  static constexpr const char* kName = "tokenLogProbability";
  static std::vector<OperandRule> inputs() {
    return {{"logits"}, {"ids", kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"scores"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(TokenLogProbabilityOperands<T>& o) {
    return {&o.logits, &o.ids};
  }
  template <class T>
  static std::vector<T*> outputs_of(TokenLogProbabilityOperands<T>& o) {
    return {&o.scores};
  }
  template <class T>
  static void set(TokenLogProbabilityOperands<T>&, const double*) {}
};
extern const Op token_log_probability_op;

using TokenLogProbabilityGradientShapes = TokenLogProbabilityGradientOperands<Shape>;
template <>
struct Row<TokenLogProbabilityGradientOperands> {
  static constexpr const char* kName = "tokenLogProbabilityGradient";
  static std::vector<OperandRule> inputs() {
    return {{"logits"}, {"ids", kIntegers}, {"dy"}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"dx"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(TokenLogProbabilityGradientOperands<T>& o) {
    return {&o.logits, &o.ids, &o.dy};
  }
  template <class T>
  static std::vector<T*> outputs_of(TokenLogProbabilityGradientOperands<T>& o) {
    return {&o.dx};
  }
  template <class T>
  static void set(TokenLogProbabilityGradientOperands<T>&, const double*) {}
};
extern const Op token_log_probability_gradient_op;

using WindowsShapes = WindowsOperands<Shape>;
template <>
struct Row<WindowsOperands> {
  static constexpr const char* kName = "windows";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"index", kIntegers}, {"inverse", kOptional | kIntegers}};
  }
  static std::vector<OperandRule> outputs() {
    return {{"windowed"}};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(WindowsOperands<T>& o) {
    return {&o.x, &o.index, &o.inverse};
  }
  template <class T>
  static std::vector<T*> outputs_of(WindowsOperands<T>& o) {
    return {&o.windowed};
  }
  template <class T>
  static void set(WindowsOperands<T>&, const double*) {}
};
extern const Op windows_op;

using WriteCacheShapes = WriteCacheOperands<Shape>;
template <>
struct Row<WriteCacheOperands> {
  static constexpr const char* kName = "writeCache";
  static std::vector<OperandRule> inputs() {
    return {{"x"}, {"slots", kIntegers}, {"cache", kWritten | kNarrow}};
  }
  static std::vector<OperandRule> outputs() {
    return {};
  }
  static std::vector<Attribute> attributes() {
    return {};
  }
  template <class T>
  static std::vector<T*> inputs_of(WriteCacheOperands<T>& o) {
    return {&o.x, &o.slots, &o.cache};
  }
  template <class T>
  static std::vector<T*> outputs_of(WriteCacheOperands<T>&) {
    return {};
  }
  template <class T>
  static void set(WriteCacheOperands<T>&, const double*) {}
};
extern const Op write_cache_op;

}  // namespace glassformer
