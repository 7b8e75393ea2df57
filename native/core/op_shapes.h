// Which operands fit each op: the shape rules of src/program/ops once more, for programs that come from elsewhere. They throw
// ERR_SHAPE.
#pragma once
#include <vector>

#include "core/ops.h"

namespace glassformer {

using Attributes = std::vector<double>;

void unary_shape(const Shapes& s, const Attributes& a);
void add_shape(const Shapes& s, const Attributes& a);
void append_shape(const Shapes& s, const Attributes& a);
void attention_shape(const Shapes& s, const Attributes& a);
void attention_gradient_shape(const Shapes& s, const Attributes& a);
void cached_attention_shape(const Shapes& s, const Attributes& a);
void candidates_shape(const Shapes& s, const Attributes& a);
void cross_entropy_shape(const Shapes& s, const Attributes& a);
void cross_entropy_gradient_shape(const Shapes& s, const Attributes& a);
void distillation_shape(const Shapes& s, const Attributes& a);
void distillation_gradient_shape(const Shapes& s, const Attributes& a);
void dropout_shape(const Shapes& s, const Attributes& a);
void embed_gradient_shape(const Shapes& s, const Attributes& a);
void embed_shape(const Shapes& s, const Attributes& a);
void layer_norm_shape(const Shapes& s, const Attributes& a);
void norm_gradient_shape(const Shapes& s, const Attributes& a);
void norm_weight_gradient_shape(const Shapes& s, const Attributes& a);
void linear_input_gradient_shape(const Shapes& s, const Attributes& a);
void linear_weight_gradient_shape(const Shapes& s, const Attributes& a);
void adafactor_shape(const Shapes& s, const Attributes& a);
void adam_shape(const Shapes& s, const Attributes& a);
void sum_of_squares_shape(const Shapes& s, const Attributes& a);
void gradient_shape(const Shapes& s, const Attributes& a);
void token_score_gradient_shape(const Shapes& s, const Attributes& a);
void linear_shape(const Shapes& s, const Attributes& a);
void listed_candidates_shape(const Shapes& s, const Attributes& a);
void token_score_shape(const Shapes& s, const Attributes& a);

}  // namespace glassformer
