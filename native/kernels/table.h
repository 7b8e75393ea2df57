// Every family, in the order in which they build on each other; the table of a kernels_*.cc is made of them.
#pragma once
#include "kernels/kernels.h"
#include "kernels/scratch.h"

#include "kernels/columns.h"
#include "kernels/functions.h"
#include "kernels/elementwise.h"
#include "kernels/packed.h"
#include "kernels/int8_rows.h"
#include "kernels/embed.h"
#include "kernels/norm.h"
#include "kernels/softmax.h"
#include "kernels/random.h"
#include "kernels/dropout.h"
#include "kernels/activation_gradient.h"
#include "kernels/embed_gradient.h"
#include "kernels/norm_gradient.h"
#include "kernels/softmax_gradient.h"
#include "kernels/optimizer.h"
#include "kernels/dot_tile.h"
#include "kernels/product.h"
#ifdef GLASSFORMER_BFLOAT16
#include "kernels/tiles.h"
#include "kernels/bfloat16.h"
#endif
#include "kernels/sparse_product.h"
#include "kernels/multiply.h"
#include "kernels/finish.h"
#include "kernels/asking.h"
#include "kernels/panel_product.h"
#include "kernels/float_panels.h"
#ifdef GLASSFORMER_INTS
#include "kernels/int8_panels.h"
#include "kernels/int8_dots.h"
#else
#include "kernels/plain_panels.h"
#endif
#ifdef GLASSFORMER_BFLOAT16
#include "kernels/bfloat16_dots.h"
#include "kernels/panel_tiles.h"
#endif
#include "kernels/sparse_rows.h"
#include "kernels/encoded_linear.h"
#include "kernels/linear.h"
#include "kernels/small_product.h"
#include "kernels/sampled_product.h"
#include "kernels/linear_gradient.h"
#include "kernels/logits.h"
#include "kernels/cross_entropy.h"
#include "kernels/distillation.h"
#include "kernels/adafactor.h"
#include "kernels/scores.h"
#include "kernels/short_row.h"
#include "kernels/softmax_tile.h"
#include "kernels/reading.h"
#include "kernels/few_queries.h"
#include "kernels/distances.h"
#include "kernels/attention.h"
#include "kernels/attention_gradient.h"
#include "kernels/cached_attention.h"
#include "kernels/highest.h"
#include "kernels/best.h"
#include "kernels/candidates.h"
#include "kernels/listed_candidates.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

template <class Args, void (*kernel)(const Args& args, const Share& share)>
void called(const Call& call, const Share& share) {
  kernel(static_cast<const Args&>(call), share);
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer

#define GLASSFORMER_ENTRY(name, args) GLASSFORMER_ISA::called<args, GLASSFORMER_ISA::name>,
#define GLASSFORMER_TABLE {GLASSFORMER_EACH_KERNEL(GLASSFORMER_ENTRY)}
