// The kernels of every op, for the instruction set for which this header is compiled.
#pragma once
#include "kernels/attention/write_cache.h"
#include "kernels/attention/attention.h"
#include "kernels/attention/attention_gradient.h"
#include "kernels/attention/cached_attention.h"
#include "kernels/candidates/candidates.h"
#include "kernels/candidates/listed_candidates.h"
#include "kernels/loss/cross_entropy.h"
#include "kernels/loss/distillation.h"
#include "kernels/loss/token_log_probability.h"
#include "kernels/loss/token_log_probability_gradient.h"
#include "kernels/optimizer/adafactor.h"
#include "kernels/optimizer/adam.h"
#include "kernels/optimizer/sum_of_squares.h"
#include "kernels/product/linear.h"
#include "kernels/product/linear_gradient.h"
#include "kernels/recurrence/average.h"
#include "kernels/recurrence/ssru.h"
#include "kernels/vector/activation.h"
#include "kernels/vector/activation_gradient.h"
#include "kernels/vector/add.h"
#include "kernels/vector/dropout.h"
#include "kernels/vector/embed.h"
#include "kernels/vector/embed_gradient.h"
#include "kernels/vector/gated_activation.h"
#include "kernels/vector/gated_sum.h"
#include "kernels/vector/head_off.h"
#include "kernels/vector/norm.h"
#include "kernels/vector/norm_gradient.h"
#include "kernels/vector/softmax.h"
#include "kernels/vector/softmax_gradient.h"
#include "kernels/kernels.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

template <class Args, void (*kernel)(const Args& args, const Partition& partition)>
void called(const Call& call, const Partition& partition) {
  kernel(static_cast<const Args&>(call), partition);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#define GLASSFORMER_ENTRY(name, args) GLASSFORMER_ISA::called<args, GLASSFORMER_ISA::name>,
#define GLASSFORMER_TABLE {GLASSFORMER_EACH_KERNEL(GLASSFORMER_ENTRY)}
