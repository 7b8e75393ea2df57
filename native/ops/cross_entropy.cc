// x, weight, ids → losses.
#include "generated/rows.h"
#include "ops/projection_operands.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const CrossEntropyShapes& s) { expect_projection(s); }

std::int64_t common(const CrossEntropyArgs& args, int) { return logits_at_a_time(args.x, args.weight.rows); }

double work(const CrossEntropyArgs& args) { return work_of_product(args.x, args.weight.rows); }

}  // namespace

const Op cross_entropy_op = Definition<CrossEntropyOperands>(&Kernels::cross_entropy)
    .with_shape<shape>()
    .with_check<check_ids<CrossEntropyArgs>>()
    .with_scratch<packed_factors<CrossEntropyArgs>>()
    .with_work<work>()
    .with_common<common>()
    .with_parallelism(Parallelism::kOnePerThread);

// x, weight, ids, dLoss → losses, dx; adds to dWeight and dBias.
namespace {

void shape(const CrossEntropyGradientShapes& s) {
  expect_projection(s);
  expect_projection_gradients(s);
}

std::int64_t common(const CrossEntropyGradientArgs& args, int) { return logits_at_a_time(args.x, args.weight.rows); }

double work(const CrossEntropyGradientArgs& args) { return work_of_product(args.x, args.weight.rows); }

}  // namespace

const Op cross_entropy_gradient_op = Definition<CrossEntropyGradientOperands>(&Kernels::cross_entropy_gradient)
    .with_shape<shape>()
    .with_check<check_ids<CrossEntropyGradientArgs>>()
    .with_scratch<packed_factors<CrossEntropyGradientArgs>>()
    .with_work<work>()
    .with_common<common>()
    .with_parallelism(Parallelism::kOnePerThread);

}  // namespace glassformer
