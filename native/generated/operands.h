// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.
//
// The arguments of each op's kernel: inputs, outputs and attributes. Plain data, for kernels of every instruction set.
#pragma once
#include <cstdint>

#include "kernels/call.h"

namespace glassformer {

enum Activation { kNone, kRelu, kGelu, kGeluTanh, kSwish, kTanh };
enum Normalize { kBefore, kAfter, kBoth };
enum Over { kAll, kOthers };
enum Direction { kForward, kBack };

template <class Operand>
struct ActivationOperands : Operands<Operand> {
  Operand x;
  Operand activated;
  Activation activation;
};
using ActivationArgs = ActivationOperands<Matrix>;

template <class Operand>
struct ActivationGradientOperands : Operands<Operand> {
  Operand x, dy;
  Operand dx;
  Activation activation;
};
using ActivationGradientArgs = ActivationGradientOperands<Matrix>;

template <class Operand>
struct AdafactorOperands : Operands<Operand> {
  Operand gradients, rates, parameters, row_moments, column_moments;
};
using AdafactorArgs = AdafactorOperands<Matrix>;

template <class Operand>
struct AdamOperands : Operands<Operand> {
  Operand gradients, rates, parameters, first_moments, second_moments;
};
using AdamArgs = AdamOperands<Matrix>;

template <class Operand>
struct AddOperands : Operands<Operand> {
  Operand a, b;
  Operand sum;
};
using AddArgs = AddOperands<Matrix>;

template <class Operand>
struct AttentionOperands : Operands<Operand> {
  Operand q, k, v, queries, keys, seed, relative_keys, relative_values, distance_bias, at;
  Operand attended, weights;
  std::int64_t heads;
  double scale;
  bool causal;
  std::int64_t every;
  bool traced;
  double dropout;
  std::int64_t site;
};
using AttentionArgs = AttentionOperands<Matrix>;

template <class Operand>
struct AttentionGradientOperands : Operands<Operand> {
  Operand q, k, v, queries, keys, dz, seed, relative_keys, relative_values, d_relative_keys, d_relative_values,
      distance_bias, at;
  Operand dq, dk, dv, d_distance_bias;
  std::int64_t heads;
  double scale;
  bool causal;
  std::int64_t every;
  double dropout;
  std::int64_t site;
};
using AttentionGradientArgs = AttentionGradientOperands<Matrix>;

template <class Operand>
struct AverageOperands : Operands<Operand> {
  Operand x, spans;
  Operand averaged;
};
using AverageArgs = AverageOperands<Matrix>;

template <class Operand>
struct AverageGradientOperands : Operands<Operand> {
  Operand d_averaged, spans;
  Operand dx;
};
using AverageGradientArgs = AverageGradientOperands<Matrix>;

template <class Operand>
struct AverageStepOperands : Operands<Operand> {
  Operand x, parents, lengths, slots, cache;
  Operand averaged;
};
using AverageStepArgs = AverageStepOperands<Matrix>;

template <class Operand>
struct BalanceOperands : Operands<Operand> {
  Operand x;
  Operand balance;
};
using BalanceArgs = BalanceOperands<Matrix>;

template <class Operand>
struct BalanceGradientOperands : Operands<Operand> {
  Operand x, d_balance;
  Operand dx;
};
using BalanceGradientArgs = BalanceGradientOperands<Matrix>;

template <class Operand>
struct CachedAttentionOperands : Operands<Operand> {
  Operand q, k, v, ancestors, spans, relative_keys, relative_values, distance_bias;
  Operand attended, weights;
  std::int64_t heads;
  double scale;
  bool traced;
};
using CachedAttentionArgs = CachedAttentionOperands<Matrix>;

template <class Operand>
struct CandidatesOperands : Operands<Operand> {
  Operand x, weight, bias, edits, values;
  Operand scores, ids;
  Normalize normalize;
  double scale;
};
using CandidatesArgs = CandidatesOperands<Matrix>;

template <class Operand>
struct CrossEntropyOperands : Operands<Operand> {
  Operand x, weight, bias, ids;
  Operand losses;
  double smoothing;
  Over over;
  double scale;
};
using CrossEntropyArgs = CrossEntropyOperands<Matrix>;

template <class Operand>
struct CrossEntropyGradientOperands : Operands<Operand> {
  Operand x, weight, bias, ids, d_loss, d_weight, d_bias;
  Operand losses, dx;
  double smoothing;
  Over over;
  double scale;
};
using CrossEntropyGradientArgs = CrossEntropyGradientOperands<Matrix>;

template <class Operand>
struct DepthwiseOperands : Operands<Operand> {
  Operand x, weight, spans;
  Operand convolved;
  std::int64_t dilation;
  std::int64_t before;
};
using DepthwiseArgs = DepthwiseOperands<Matrix>;

template <class Operand>
struct DepthwiseGradientOperands : Operands<Operand> {
  Operand x, weight, spans, d_convolved, d_weight;
  Operand dx;
  std::int64_t dilation;
  std::int64_t before;
};
using DepthwiseGradientArgs = DepthwiseGradientOperands<Matrix>;

template <class Operand>
struct DepthwiseStepOperands : Operands<Operand> {
  Operand x, weight, slots, ancestors, spans, cache;
  Operand convolved;
  std::int64_t dilation;
};
using DepthwiseStepArgs = DepthwiseStepOperands<Matrix>;

template <class Operand>
struct DisentangledAttentionOperands : Operands<Operand> {
  Operand q, k, v, queries, keys, buckets, position_keys, position_queries;
  Operand attended, weights;
  std::int64_t heads;
  double scale;
  bool traced;
};
using DisentangledAttentionArgs = DisentangledAttentionOperands<Matrix>;

template <class Operand>
struct DistillationOperands : Operands<Operand> {
  Operand x, weight, bias, ids, teacher_x, teacher_weight, teacher_bias;
  Operand losses;
  double smoothing;
  Over over;
  double scale;
  double teacher_scale;
  double temperature;
  double share;
};
using DistillationArgs = DistillationOperands<Matrix>;

template <class Operand>
struct DistillationGradientOperands : Operands<Operand> {
  Operand x, weight, bias, ids, teacher_x, teacher_weight, teacher_bias, d_loss, d_weight, d_bias;
  Operand losses, dx;
  double smoothing;
  Over over;
  double scale;
  double teacher_scale;
  double temperature;
  double share;
};
using DistillationGradientArgs = DistillationGradientOperands<Matrix>;

template <class Operand>
struct DropoutOperands : Operands<Operand> {
  Operand x, seed, residual;
  Operand dropped;
  double rate;
  std::int64_t site;
};
using DropoutArgs = DropoutOperands<Matrix>;

template <class Operand>
struct EmbedOperands : Operands<Operand> {
  Operand table, tokens, positions, position_table;
  Operand embedded;
  double scale;
  std::int64_t position_offset;
};
using EmbedArgs = EmbedOperands<Matrix>;

template <class Operand>
struct EmbedGradientOperands : Operands<Operand> {
  Operand tokens, positions, dx, d_table, d_position_table;
  double scale;
  std::int64_t position_offset;
};
using EmbedGradientArgs = EmbedGradientOperands<Matrix>;

template <class Operand>
struct FoldOperands : Operands<Operand> {
  Operand x, inverse, index;
  Operand folded;
  std::int64_t taps;
};
using FoldArgs = FoldOperands<Matrix>;

template <class Operand>
struct GatedActivationOperands : Operands<Operand> {
  Operand gate, x;
  Operand gated;
  Activation activation;
};
using GatedActivationArgs = GatedActivationOperands<Matrix>;

template <class Operand>
struct GatedActivationGradientOperands : Operands<Operand> {
  Operand gate, x, dy;
  Operand d_gate, dx;
  Activation activation;
};
using GatedActivationGradientArgs = GatedActivationGradientOperands<Matrix>;

template <class Operand>
struct GatedSumOperands : Operands<Operand> {
  Operand gate_a, a, gate_b, b;
  Operand summed;
};
using GatedSumArgs = GatedSumOperands<Matrix>;

template <class Operand>
struct GatedSumGradientOperands : Operands<Operand> {
  Operand gate_a, a, gate_b, b, d_sum;
  Operand d_gate_a, d_a, d_gate_b, d_b;
};
using GatedSumGradientArgs = GatedSumGradientOperands<Matrix>;

template <class Operand>
struct GatesOperands : Operands<Operand> {
  Operand clean, deviation, noise;
  Operand gates, load;
  std::int64_t k;
  bool over_all;
};
using GatesArgs = GatesOperands<Matrix>;

template <class Operand>
struct GatesGradientOperands : Operands<Operand> {
  Operand clean, deviation, noise, d_gates, d_load;
  Operand d_clean, d_deviation;
  std::int64_t k;
  bool over_all;
};
using GatesGradientArgs = GatesGradientOperands<Matrix>;

template <class Operand>
struct HeadOffOperands : Operands<Operand> {
  Operand attended;
  Operand kept;
  std::int64_t heads;
  std::int64_t head;
};
using HeadOffArgs = HeadOffOperands<Matrix>;

template <class Operand>
struct LayerNormOperands : Operands<Operand> {
  Operand x, gamma, beta;
  Operand normed;
  double epsilon;
};
using LayerNormArgs = LayerNormOperands<Matrix>;

template <class Operand>
struct LayerNormGradientOperands : Operands<Operand> {
  Operand x, gamma, dy;
  Operand dx, statistics;
  double epsilon;
};
using LayerNormGradientArgs = LayerNormGradientOperands<Matrix>;

template <class Operand>
struct LinearOperands : Operands<Operand> {
  Operand x, weight, bias, residual;
  Operand out;
  Activation activation;
  double scale;
};
using LinearArgs = LinearOperands<Matrix>;

template <class Operand>
struct LinearInputGradientOperands : Operands<Operand> {
  Operand dy, weight, x;
  Operand dx;
  double scale;
};
using LinearInputGradientArgs = LinearInputGradientOperands<Matrix>;

template <class Operand>
struct LinearWeightGradientOperands : Operands<Operand> {
  Operand x, dy, d_weight, d_bias;
  double scale;
};
using LinearWeightGradientArgs = LinearWeightGradientOperands<Matrix>;

template <class Operand>
struct ListedCandidatesOperands : Operands<Operand> {
  Operand x, weight, bias, edits, values, listed, listed_ids, lists, queries;
  Operand scores, ids;
  Normalize normalize;
  double scale;
};
using ListedCandidatesArgs = ListedCandidatesOperands<Matrix>;

template <class Operand>
struct LogSoftmaxOperands : Operands<Operand> {
  Operand x;
  Operand log_softmax;
};
using LogSoftmaxArgs = LogSoftmaxOperands<Matrix>;

template <class Operand>
struct LogSoftmaxGradientOperands : Operands<Operand> {
  Operand y, dy;
  Operand dx;
};
using LogSoftmaxGradientArgs = LogSoftmaxGradientOperands<Matrix>;

template <class Operand>
struct LowRankOperands : Operands<Operand> {
  Operand x, product, matrices, places, adapters;
  Operand adapted;
  std::int64_t outputs;
  Direction direction;
};
using LowRankArgs = LowRankOperands<Matrix>;

template <class Operand>
struct MixtureOperands : Operands<Operand> {
  Operand x, gates, inner, outer, inner_bias, outer_bias;
  Operand mixed;
  Activation activation;
  double scale;
  std::int64_t k;
};
using MixtureArgs = MixtureOperands<Matrix>;

template <class Operand>
struct MixtureGradientOperands : Operands<Operand> {
  Operand x, gates, inner, outer, inner_bias, outer_bias, d_mixed, d_inner, d_outer, d_inner_bias, d_outer_bias;
  Operand dx, d_gates;
  Activation activation;
  double scale;
};
using MixtureGradientArgs = MixtureGradientOperands<Matrix>;

template <class Operand>
struct MoveCodebookOperands : Operands<Operand> {
  Operand x, codes, counts, sums, codebook;
  std::int64_t blocks;
  double decay;
  double epsilon;
};
using MoveCodebookArgs = MoveCodebookOperands<Matrix>;

template <class Operand>
struct NormWeightGradientOperands : Operands<Operand> {
  Operand x, statistics, dy, d_gamma, d_beta;
};
using NormWeightGradientArgs = NormWeightGradientOperands<Matrix>;

template <class Operand>
struct QuantizeOperands : Operands<Operand> {
  Operand x, codebook;
  Operand quantized, codes, errors;
  std::int64_t blocks;
};
using QuantizeArgs = QuantizeOperands<Matrix>;

template <class Operand>
struct QuantizeGradientOperands : Operands<Operand> {
  Operand x, quantized, d_quantized, d_errors;
  Operand dx;
};
using QuantizeGradientArgs = QuantizeGradientOperands<Matrix>;

template <class Operand>
struct RangedCandidatesOperands : Operands<Operand> {
  Operand logits, ranges, edits, values;
  Operand scores, ids;
};
using RangedCandidatesArgs = RangedCandidatesOperands<Matrix>;

template <class Operand>
struct RmsNormOperands : Operands<Operand> {
  Operand x, gamma;
  Operand normed;
  double epsilon;
};
using RmsNormArgs = RmsNormOperands<Matrix>;

template <class Operand>
struct RmsNormGradientOperands : Operands<Operand> {
  Operand x, gamma, dy;
  Operand dx, statistics;
  double epsilon;
};
using RmsNormGradientArgs = RmsNormGradientOperands<Matrix>;

template <class Operand>
struct RotateOperands : Operands<Operand> {
  Operand x, positions, rotations;
  Operand rotated;
  std::int64_t columns;
  Direction direction;
};
using RotateArgs = RotateOperands<Matrix>;

template <class Operand>
struct RouterLossOperands : Operands<Operand> {
  Operand scores, spans;
  Operand loss;
  std::int64_t experts;
  std::int64_t k;
  double balance;
  double z;
};
using RouterLossArgs = RouterLossOperands<Matrix>;

template <class Operand>
struct RouterLossGradientOperands : Operands<Operand> {
  Operand scores, spans, d_loss;
  Operand d_scores;
  std::int64_t experts;
  std::int64_t k;
  double balance;
  double z;
};
using RouterLossGradientArgs = RouterLossGradientOperands<Matrix>;

template <class Operand>
struct SemanticHashOperands : Operands<Operand> {
  Operand x, noise, hard;
  Operand code;
};
using SemanticHashArgs = SemanticHashOperands<Matrix>;

template <class Operand>
struct SemanticHashGradientOperands : Operands<Operand> {
  Operand x, noise, d_code;
  Operand dx;
};
using SemanticHashGradientArgs = SemanticHashGradientOperands<Matrix>;

template <class Operand>
struct SideAttentionOperands : Operands<Operand> {
  Operand q, k, v, side_k, side_v, queries, keys, side_keys, seed, at, side_at, distance_bias, side_bias;
  Operand attended;
  std::int64_t heads;
  double scale;
  std::int64_t every;
  double dropout;
  std::int64_t site;
};
using SideAttentionArgs = SideAttentionOperands<Matrix>;

template <class Operand>
struct SideAttentionGradientOperands : Operands<Operand> {
  Operand q, k, v, side_k, side_v, queries, keys, side_keys, dz, seed, at, side_at, distance_bias, side_bias;
  Operand dq, dk, dv, d_side_k, d_side_v, d_distance_bias, d_side_bias;
  std::int64_t heads;
  double scale;
  std::int64_t every;
  double dropout;
  std::int64_t site;
};
using SideAttentionGradientArgs = SideAttentionGradientOperands<Matrix>;

template <class Operand>
struct SoftmaxOperands : Operands<Operand> {
  Operand x;
  Operand softmax;
};
using SoftmaxArgs = SoftmaxOperands<Matrix>;

template <class Operand>
struct SoftmaxGradientOperands : Operands<Operand> {
  Operand y, dy;
  Operand dx;
};
using SoftmaxGradientArgs = SoftmaxGradientOperands<Matrix>;

template <class Operand>
struct SsruOperands : Operands<Operand> {
  Operand x, forget, forget_bias, spans, residual;
  Operand recurred, states, gates;
  bool traced;
};
using SsruArgs = SsruOperands<Matrix>;

template <class Operand>
struct SsruGradientOperands : Operands<Operand> {
  Operand x, forget, forget_bias, states, spans, d_recurred, d_forget_bias;
  Operand dx, d_forget;
};
using SsruGradientArgs = SsruGradientOperands<Matrix>;

template <class Operand>
struct SsruStepOperands : Operands<Operand> {
  Operand x, forget, forget_bias, parents, slots, cache, residual;
  Operand recurred;
};
using SsruStepArgs = SsruStepOperands<Matrix>;

template <class Operand>
struct SumOfSquaresOperands : Operands<Operand> {
  Operand x;
  Operand sums;
};
using SumOfSquaresArgs = SumOfSquaresOperands<Matrix>;

template <class Operand>
struct TokenLogProbabilityOperands : Operands<Operand> {
  Operand logits, ids;
  Operand scores;
};
using TokenLogProbabilityArgs = TokenLogProbabilityOperands<Matrix>;

template <class Operand>
struct TokenLogProbabilityGradientOperands : Operands<Operand> {
  Operand logits, ids, dy;
  Operand dx;
};
using TokenLogProbabilityGradientArgs = TokenLogProbabilityGradientOperands<Matrix>;

template <class Operand>
struct WindowsOperands : Operands<Operand> {
  Operand x, index, inverse;
  Operand windowed;
};
using WindowsArgs = WindowsOperands<Matrix>;

template <class Operand>
struct WriteCacheOperands : Operands<Operand> {
  Operand x, slots, cache;
};
using WriteCacheArgs = WriteCacheOperands<Matrix>;

// X(name, args) for each op.
#define GLASSFORMER_EACH_KERNEL(X) \
  X(activation, ActivationArgs) X(activation_gradient, ActivationGradientArgs) X(adafactor, AdafactorArgs) \
  X(adam, AdamArgs) X(add, AddArgs) X(attention, AttentionArgs) X(attention_gradient, AttentionGradientArgs) \
  X(average, AverageArgs) X(average_gradient, AverageGradientArgs) X(average_step, AverageStepArgs) \
  X(balance, BalanceArgs) X(balance_gradient, BalanceGradientArgs) X(cached_attention, CachedAttentionArgs) \
  X(candidates, CandidatesArgs) X(cross_entropy, CrossEntropyArgs) X(cross_entropy_gradient, CrossEntropyGradientArgs) \
  X(depthwise, DepthwiseArgs) X(depthwise_gradient, DepthwiseGradientArgs) X(depthwise_step, DepthwiseStepArgs) \
  X(disentangled_attention, DisentangledAttentionArgs) X(distillation, DistillationArgs) \
  X(distillation_gradient, DistillationGradientArgs) X(dropout, DropoutArgs) X(embed, EmbedArgs) \
  X(embed_gradient, EmbedGradientArgs) X(fold, FoldArgs) X(gated_activation, GatedActivationArgs) \
  X(gated_activation_gradient, GatedActivationGradientArgs) X(gated_sum, GatedSumArgs) \
  X(gated_sum_gradient, GatedSumGradientArgs) X(gates, GatesArgs) X(gates_gradient, GatesGradientArgs) \
  X(head_off, HeadOffArgs) X(layer_norm, LayerNormArgs) X(layer_norm_gradient, LayerNormGradientArgs) \
  X(linear, LinearArgs) X(linear_input_gradient, LinearInputGradientArgs) \
  X(linear_weight_gradient, LinearWeightGradientArgs) X(listed_candidates, ListedCandidatesArgs) \
  X(log_softmax, LogSoftmaxArgs) X(log_softmax_gradient, LogSoftmaxGradientArgs) X(low_rank, LowRankArgs) \
  X(mixture, MixtureArgs) X(mixture_gradient, MixtureGradientArgs) X(move_codebook, MoveCodebookArgs) \
  X(norm_weight_gradient, NormWeightGradientArgs) X(quantize, QuantizeArgs) X(quantize_gradient, QuantizeGradientArgs) \
  X(ranged_candidates, RangedCandidatesArgs) X(rms_norm, RmsNormArgs) X(rms_norm_gradient, RmsNormGradientArgs) \
  X(rotate, RotateArgs) X(router_loss, RouterLossArgs) X(router_loss_gradient, RouterLossGradientArgs) \
  X(semantic_hash, SemanticHashArgs) X(semantic_hash_gradient, SemanticHashGradientArgs) \
  X(side_attention, SideAttentionArgs) X(side_attention_gradient, SideAttentionGradientArgs) X(softmax, SoftmaxArgs) \
  X(softmax_gradient, SoftmaxGradientArgs) X(ssru, SsruArgs) X(ssru_gradient, SsruGradientArgs) \
  X(ssru_step, SsruStepArgs) X(sum_of_squares, SumOfSquaresArgs) X(token_log_probability, TokenLogProbabilityArgs) \
  X(token_log_probability_gradient, TokenLogProbabilityGradientArgs) X(windows, WindowsArgs) \
  X(write_cache, WriteCacheArgs)

}  // namespace glassformer
