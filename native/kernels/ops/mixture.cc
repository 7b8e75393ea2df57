// mixture: for a block of rows, each expert computes the rows that it has. Threads share the rows.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/experts/expert_rows.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/derivatives.h"
#include "kernels/vector/for_activation.h"
#include "kernels/vector/reductions.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y += gate · scale · made, for the rows of the list
void add_rows(const MixtureArgs& args, std::int64_t expert, const std::int32_t* list, const Matrix& made) {
  for (std::int64_t i = 0; i < made.rows; i++) {
    const float factor = static_cast<float>(row_of(args.gates, list[i])[expert] * args.scale);
    add_row(row_of(args.mixed, list[i]), row_of(made, i), factor, made.width);
  }
}

}  // namespace

void mixture(const MixtureArgs& args, const Partition& partition) {
  const std::int64_t experts = args.gates.width;
  const ExpertRoom room = room_for_experts(partition.scratch, args.x.width, args.outer.width, args.mixed.width);
  in_blocks(part_of(args.x.rows, 1, partition), [&](Range rows) {
    clear_rows(args.mixed, rows.begin, rows.end);
    for (std::int64_t e = 0; e < experts; e++) {
      const std::int64_t count = list_rows(room.list(), args.gates, e, rows);
      if (count == 0) continue;
      gather_rows(room.x(count), args.x, room.list());
      expert_product(args, room.x(count), {expert_weight(args.inner, experts, e), expert_bias(args.inner_bias, experts, e)}, room.hidden_rows(count), args.activation, room);
      const Matrix made = room.out(count, args.mixed.width);
      expert_product(args, room.hidden_rows(count), {expert_weight(args.outer, experts, e), expert_bias(args.outer_bias, experts, e)}, made, kNone, room);
      add_rows(args, e, room.list(), made);
    }
  });
}

// mixtureGradient: with u = x Innerᵀ + innerBias, h = activation(u) and g = scale · dy Outer: dGate = h · g + scale · dy ·
// outerBias, du = gate · g ∘ activation′(u), dx += du Inner, dInner += duᵀ x, dInnerBias += Σ du, dOuter += scale · gate ·
// dyᵀ h, dOuterBias += Σ scale · gate · dy. Threads share the rows for dx and
// dGates, and then the experts for the gradients of weights, so that every sum has one order. The hidden layer is
// computed in both passes.
namespace {

struct Expert {
  std::int64_t number;
  ExpertLinear inner;
  ExpertLinear outer;
};

Expert expert_at(const MixtureGradientArgs& args, std::int64_t e) {
  const std::int64_t experts = args.gates.width;
  return {e,
          {expert_weight(args.inner, experts, e), expert_bias(args.inner_bias, experts, e)},
          {expert_weight(args.outer, experts, e), expert_bias(args.outer_bias, experts, e)}};
}

// dx ← scale · dy · weight
void input_gradient(const Call& call, const Matrix& dy, const Matrix& weight, const Matrix& dx, double scale, const ExpertRoom& room) {
  LinearInputGradientArgs args = {};
  static_cast<Call&>(args) = call;
  args.dy = dy;
  args.weight = weight;
  args.dx = dx;
  args.scale = scale;
  linear_input_gradient(args, room.partition());
}

// dWeight += dyᵀ · x, and dBias += Σ dy where there is a bias
void weight_gradient(const Call& call, const Matrix& x, const Matrix& dy, const ExpertLinear& gradient, const ExpertRoom& room) {
  LinearWeightGradientArgs args = {};
  static_cast<Call&>(args) = call;
  args.x = x;
  args.dy = dy;
  args.d_weight = gradient.weight;
  args.d_bias = gradient.bias;
  args.scale = 1;
  linear_weight_gradient(args, room.partition());
}

// Reads the rows of an expert: gathers x and dy, and computes u in the hidden rows and g in the slopes. Returns the
// number of rows.
std::int64_t read_expert(const MixtureGradientArgs& args, const Expert& expert, Range rows, const ExpertRoom& room) {
  const std::int64_t count = list_rows(room.list(), args.gates, expert.number, rows);
  if (count == 0) return 0;
  gather_rows(room.x(count), args.x, room.list());
  gather_rows(room.dy(count), args.d_mixed, room.list());
  expert_product(args, room.x(count), expert.inner, room.hidden_rows(count), kNone, room);
  input_gradient(args, room.dy(count), expert.outer.weight, room.slopes(count), args.scale, room);
  return count;
}

// scale · dy · outerBias; 0 where there is no bias.
float of_bias(const MixtureGradientArgs& args, const Expert& expert, const float* dy) {
  const Matrix& bias = expert.outer.bias;
  if (!bias.floats) return 0;
  Lanes sums = {};
  for_lanes(bias.width, [&](std::int64_t c, int part, auto n) {
    sums.part[part] = fma(load(dy + c, n), load(bias.floats + c, n), sums.part[part]);
  });
  return sum(sums) * static_cast<float>(args.scale);
}

// h ← activation(u), and du ← gate · g ∘ activation′(u), in place of u and g. dGates gets h · g, and scale · dy · outerBias
// where there is one, if it is wanted.
void through_activation(const MixtureGradientArgs& args, const Expert& expert, std::int64_t count, bool wants_gates, const ExpertRoom& room) {
  for_activation(args.activation, [&](auto kind) {
    for (std::int64_t i = 0; i < count; i++) {
      const std::int32_t row = room.list()[i];
      const Vec gate = broadcast(row_of(args.gates, row)[expert.number]);
      float* u = row_of(room.hidden_rows(count), i);
      float* g = row_of(room.slopes(count), i);
      Lanes sums = {};
      for_lanes(room.hidden, [&](std::int64_t c, int part, auto n) {
        const Vec value = load(u + c, n);
        const Vec slope = load(g + c, n);
        const Vec activated = activate(value, static_cast<Activation>(kind()));
        sums.part[part] = fma(keep(activated, broadcast(0), n), keep(slope, broadcast(0), n), sums.part[part]);
        store(u + c, activated, n);
        store(g + c, differentiated<static_cast<Activation>(kind())>(value, gate * slope), n);
      });
      if (wants_gates) row_of(args.d_gates, row)[expert.number] = sum(sums) + of_bias(args, expert, row_of(room.dy(count), i));
    }
  });
}

// dx of the listed rows += du · inner
void add_input_gradients(const MixtureGradientArgs& args, const Expert& expert, std::int64_t count, const ExpertRoom& room) {
  const Matrix made = room.out(count, room.inputs);
  input_gradient(args, room.slopes(count), expert.inner.weight, made, 1, room);
  for (std::int64_t i = 0; i < count; i++) {
    float* dx = row_of(args.dx, room.list()[i]);
    for_columns(room.inputs, [&](std::int64_t c, auto n) { store(dx + c, load(dx + c, n) + load(row_of(made, i) + c, n), n); });
  }
}

// dy ← scale · gate · dy, for the rows of the list
void scale_rows(const MixtureGradientArgs& args, const Expert& expert, std::int64_t count, const ExpertRoom& room) {
  for (std::int64_t i = 0; i < count; i++) {
    const Vec factor = broadcast(static_cast<float>(row_of(args.gates, room.list()[i])[expert.number] * args.scale));
    float* dy = row_of(room.dy(count), i);
    for_columns(room.outputs, [&](std::int64_t c, auto n) { store(dy + c, factor * load(dy + c, n), n); });
  }
}

}  // namespace

void mixture_gradient(const MixtureGradientArgs& args, const Partition& partition) {
  const std::int64_t experts = args.gates.width;
  const ExpertRoom room = room_for_experts(partition.scratch, args.x.width, args.outer.width, args.d_mixed.width);
  in_blocks(part_of(args.x.rows, 1, partition), [&](Range rows) {
    clear_rows(args.dx, rows.begin, rows.end);
    clear_rows(args.d_gates, rows.begin, rows.end);
    for (std::int64_t e = 0; e < experts; e++) {
      const Expert expert = expert_at(args, e);
      const std::int64_t count = read_expert(args, expert, rows, room);
      if (count == 0) continue;
      through_activation(args, expert, count, true, room);
      add_input_gradients(args, expert, count, room);
    }
  });
  const Range mine = part_of(experts, 1, partition);
  for (std::int64_t e = mine.begin; e < mine.end; e++)
    in_blocks({0, args.x.rows}, [&](Range rows) {
      const Expert expert = expert_at(args, e);
      const std::int64_t count = read_expert(args, expert, rows, room);
      if (count == 0) return;
      through_activation(args, expert, count, false, room);
      weight_gradient(args, room.x(count), room.slopes(count), {expert_weight(args.d_inner, experts, e), expert_bias(args.d_inner_bias, experts, e)}, room);
      scale_rows(args, expert, count, room);
      weight_gradient(args, room.hidden_rows(count), room.dy(count), {expert_weight(args.d_outer, experts, e), expert_bias(args.d_outer_bias, experts, e)}, room);
    });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
