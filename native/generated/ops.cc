// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.
//
// All ops: each is defined in native/ops/.
#include "generated/rows.h"

namespace glassformer {

const std::vector<const Op*>& all_ops() {
  static const std::vector<const Op*> ops = {
      &activation_op, &activation_gradient_op, &adafactor_op, &adam_op, &add_op, &attention_op, &attention_gradient_op,
      &average_op, &average_gradient_op, &average_step_op, &balance_op, &balance_gradient_op, &cached_attention_op,
      &candidates_op, &cross_entropy_op, &cross_entropy_gradient_op, &depthwise_op, &depthwise_gradient_op,
      &depthwise_step_op, &disentangled_attention_op, &distillation_op, &distillation_gradient_op, &dropout_op,
      &embed_op, &embed_gradient_op, &fold_op, &gated_activation_op, &gated_activation_gradient_op, &gated_sum_op,
      &gated_sum_gradient_op, &gates_op, &gates_gradient_op, &head_off_op, &layer_norm_op, &layer_norm_gradient_op,
      &linear_op, &linear_input_gradient_op, &linear_weight_gradient_op, &listed_candidates_op, &log_softmax_op,
      &log_softmax_gradient_op, &low_rank_op, &mixture_op, &mixture_gradient_op, &move_codebook_op,
      &norm_weight_gradient_op, &quantize_op, &quantize_gradient_op, &ranged_candidates_op, &rms_norm_op,
      &rms_norm_gradient_op, &rotate_op, &router_loss_op, &router_loss_gradient_op, &semantic_hash_op,
      &semantic_hash_gradient_op, &side_attention_op, &side_attention_gradient_op, &softmax_op, &softmax_gradient_op,
      &ssru_op, &ssru_gradient_op, &ssru_step_op, &sum_of_squares_op, &token_log_probability_op,
      &token_log_probability_gradient_op, &windows_op, &write_cache_op};
  return ops;
}

}  // namespace glassformer
