// routerLoss: one thread computes the number.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/experts/routers.h"
#include "kernels/ops.h"
#include "kernels/partition.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void router_loss(const RouterLossArgs& args, const Partition& partition) {
  if (partition.part != 0) return;
  const Matrix& scores = args.scores;
  const std::int64_t layers = scores.width / args.experts;
  const Routers routers = room_for_routers(partition.scratch, args.experts);
  double loss = 0;
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range sentence = span_of(args.spans, b);
    share_out(routers, scores, sentence, args.k);
    double product = 0;
    each_router_row(scores, sentence, args.experts, [&](std::int64_t r, std::int64_t column) {
      const double lse = softmax_of_router(routers, row_of(scores, r) + column);
      for (std::int64_t e = 0; e < args.experts; e++) product += routers.shares[e] * routers.p[e];
      loss += args.z * lse * lse / static_cast<double>(scores.rows * layers);
    });
    if (sentence.length() > 0)
      loss += args.balance * static_cast<double>(args.experts) * product / static_cast<double>(sentence.length() * layers * args.spans.rows);
  }
  row_of(args.loss, 0)[0] = static_cast<float>(loss);
}

// routerLossGradient: let p be the softmax of a row of a sentence of n rows, and c_e = balance · E f_e / (n ·
// sentences). The loss has the term Σ_e c_e p_e, whose derivative by score e is p_e (c_e − Σ c p). The derivative of z
// · lse² / rows is 2 z · lse · p_e / rows. Threads share the sentences.
void router_loss_gradient(const RouterLossGradientArgs& args, const Partition& partition) {
  const Matrix& scores = args.scores;
  const std::int64_t layers = scores.width / args.experts;
  const Routers routers = room_for_routers(partition.scratch, args.experts);
  const Range sentences = part_of(args.spans.rows, 1, partition);
  const double d = row_of(args.d_loss, 0)[0];
  for (std::int64_t b = sentences.begin; b < sentences.end; b++) {
    const Range sentence = span_of(args.spans, b);
    share_out(routers, scores, sentence, args.k);
    const double factor =
        args.balance * static_cast<double>(args.experts) / static_cast<double>(sentence.length() * layers * args.spans.rows);
    each_router_row(scores, sentence, args.experts, [&](std::int64_t r, std::int64_t column) {
      const double lse = softmax_of_router(routers, row_of(scores, r) + column);
      double mean = 0;
      for (std::int64_t e = 0; e < args.experts; e++) mean += factor * routers.shares[e] * routers.p[e];
      const double all = 2 * args.z * lse / static_cast<double>(scores.rows * layers) - mean;
      float* to = row_of(args.d_scores, r) + column;
      for (std::int64_t e = 0; e < args.experts; e++) to[e] = static_cast<float>(d * routers.p[e] * (factor * routers.shares[e] + all));
    });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
