#include "core/op_shapes.h"

#include "core/failure.h"

namespace glassformer {

namespace {

bool same_rows(const Shape& a, const Shape& b) { return a.symbol == b.symbol && a.rows == b.rows; }
bool same_shape(const Shape& a, const Shape& b) { return same_rows(a, b) && a.width == b.width; }
bool is_vector(const Shape& a, std::int64_t width) { return a.symbol < 0 && a.rows == 1 && a.width == width; }

}  // namespace

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

namespace {

void attention_operands(const Shapes& s, double heads, bool weights) {
  const std::int64_t width = s.outputs[0].width;
  expect(same_shape(s.inputs[0], s.outputs[0]), "q and output differ in shape");
  expect(s.inputs[1].width == width && s.inputs[2].width == width, "q, k and v differ in width");
  expect(same_rows(s.inputs[1], s.inputs[2]), "k and v differ in rows");
  expect(s.inputs[1].dtype == s.inputs[2].dtype, "k and v differ in dtype");
  expect(width % static_cast<std::int64_t>(heads) == 0, "the width cannot be cut into heads");
  expect((s.outputs.size() == 2) == weights, "weights are an output if and only if they are asked for");
  expect(!weights || s.outputs[1].width == static_cast<std::int64_t>(heads), "weights must have a column for each head");
}

void dropout_operands(double rate, const Shape& seed) {
  expect(rate >= 0 && rate < 1, "the rate of dropout must be from 0 to below 1");
  expect(rate == 0 || is_vector(seed, 1), "dropout needs a seed, one number");
}

// Both or neither: [2 clip + 1, head].
void distance_operands(const Shape& keys, const Shape& values, std::int64_t head) {
  expect(keys.given == values.given, "relative keys and relative values go together");
  if (!keys.given) return;
  expect(keys.symbol < 0 && keys.rows % 2 == 1, "relative keys must have 2 clip + 1 rows");
  expect(keys.rows <= kMostDistances, "relative keys have too many rows");
  expect(keys.width == head && same_shape(keys, values), "relative keys and values must have the width of one head");
}

std::int64_t head_of(const Shape& q, const Attributes& a) { return q.width / static_cast<std::int64_t>(a[0]); }

void sentence_operands(const Shape& queries, const Shape& keys) {
  expect(queries.width == 2 && keys.width == 2, "queries and keys must be [begin, end) pairs");
  expect(same_rows(queries, keys), "queries and keys differ in rows");
}

// Keys in bfloat16 are those of a cache, whose kernel does no more than a step needs.
void cached_operands(const Shapes& s, const Attributes& a) {
  const bool plain = a[2] == 0 && a[3] == 0 && a[4] == 0 && !s.inputs[6].given;
  expect(plain || s.inputs[1].dtype != DType::kBfloat16,
         "keys in bf16 are attended to without causal, weights, dropout and relative keys");
}

}  // namespace

void attention_shape(const Shapes& s, const Attributes& a) {
  attention_operands(s, a[0], a[3] != 0);
  sentence_operands(s.inputs[3], s.inputs[4]);
  dropout_operands(a[4], s.inputs[5]);
  distance_operands(s.inputs[6], s.inputs[7], head_of(s.inputs[0], a));
  cached_operands(s, a);
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
  distance_operands(s.inputs[7], s.inputs[8], head_of(q, a));
  distance_operands(s.inputs[9], s.inputs[10], head_of(q, a));
  expect(s.inputs[7].given == s.inputs[9].given && s.inputs[7].rows == s.inputs[9].rows,
         "relative keys and their gradient differ in rows");
}

void cached_attention_shape(const Shapes& s, const Attributes& a) {
  attention_operands(s, a[0], a[2] != 0);
  expect(s.inputs[3].width == 1, "ancestors must be one column");
  expect(s.inputs[4].width == 2 && same_rows(s.inputs[4], s.inputs[0]), "spans must be pairs with the rows of q");
  distance_operands(s.inputs[5], s.inputs[6], head_of(s.inputs[0], a));
}

void candidates_shape(const Shapes& s, const Attributes&) {
  const Shape& weight = s.inputs[1];
  expect(s.inputs[0].width == weight.width, "x and weight differ in width");
  expect(weight.symbol < 0 && weight.rows > 0, "weight must have constant rows, at least one");
  expect(!s.inputs[2].given || is_vector(s.inputs[2], weight.rows), "bias must have a column for each row of weight");
  expect(s.inputs[3].width == 3, "edits must be (row, id, kind)");
  expect(s.inputs[4].width == 1 && same_rows(s.inputs[3], s.inputs[4]), "values must be one column with the rows of edits");
  expect(s.outputs[0].width == 1 && same_shape(s.outputs[0], s.outputs[1]), "scores and ids must be one column each");
}

void listed_candidates_shape(const Shapes& s, const Attributes& a) {
  candidates_shape(s, a);
  expect(s.inputs[6].width == 1 && same_rows(s.inputs[5], s.inputs[6]), "listedIds must be one column with the rows of listed");
  expect(s.inputs[7].width == 2 && s.inputs[8].width == 2 && same_rows(s.inputs[7], s.inputs[8]),
         "lists and queries must be [begin, end) pairs of the same sentences");
}

namespace {

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

// dLoss, dWeight and dBias are the inputs from `at` on.
void cross_entropy_gradients(const Shapes& s, std::size_t at) {
  const Shape& weight = s.inputs[1];
  const Shape& d_bias = s.inputs[at + 2];
  expect(is_vector(s.inputs[at], 1), "dLoss must be one number");
  expect(same_shape(s.inputs[at + 1], weight), "dWeight and weight differ in shape");
  expect(!d_bias.given || is_vector(d_bias, weight.rows), "dBias must have a column for each row of weight");
  expect(same_shape(s.outputs[1], s.inputs[0]), "dx and x differ in shape");
}

}  // namespace

void cross_entropy_shape(const Shapes& s, const Attributes& a) { cross_entropy_operands(s, a[0]); }

void cross_entropy_gradient_shape(const Shapes& s, const Attributes& a) {
  cross_entropy_operands(s, a[0]);
  cross_entropy_gradients(s, 4);
}

void distillation_shape(const Shapes& s, const Attributes& a) {
  cross_entropy_operands(s, a[0]);
  const Shape& x = s.inputs[4];
  const Shape& weight = s.inputs[5];
  expect(same_rows(x, s.inputs[0]), "teacherX and x differ in rows");
  expect(x.width == weight.width, "teacherX and teacherWeight differ in width");
  expect(same_rows(weight, s.inputs[1]), "teacherWeight and weight differ in rows");
  expect(!s.inputs[6].given || is_vector(s.inputs[6], weight.rows), "teacherBias must have a column for each row of teacherWeight");
  expect(a[4] > 0, "the temperature must be above 0");
  expect(a[5] >= 0 && a[5] <= 1, "the share must be from 0 to 1");
}

void distillation_gradient_shape(const Shapes& s, const Attributes& a) {
  distillation_shape(s, a);
  cross_entropy_gradients(s, 7);
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
  expect(!s.inputs[2].given || (same_rows(s.inputs[2], dy) && s.inputs[2].width == weight.width), "x has not the shape of dx");
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

}  // namespace glassformer
