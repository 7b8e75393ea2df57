// x, weight, ids, teacherX, teacherWeight → losses.
#include "generated/rows.h"
#include "ops/teacher_operands.h"

namespace glassformer {

namespace {

void shape(const DistillationShapes& s) { expect_teacher(s); }

}  // namespace

const Op distillation_op = Definition<DistillationOperands>(&Kernels::distillation)
    .with_shape<shape>()
    .with_check<check_ids<DistillationArgs>>()
    .with_scratch<packed_factors<DistillationArgs>>()
    .with_work<work_of_both<DistillationArgs>>()
    .with_common<common_of_both<DistillationArgs>>()
    .with_parallelism(Parallelism::kOnePerThread);

// x, weight, ids, teacherX, teacherWeight, dLoss → losses, dx; adds to dWeight and dBias.
namespace {

void shape(const DistillationGradientShapes& s) {
  expect_teacher(s);
  expect_projection_gradients(s);
}

}  // namespace

const Op distillation_gradient_op = Definition<DistillationGradientOperands>(&Kernels::distillation_gradient)
    .with_shape<shape>()
    .with_check<check_ids<DistillationGradientArgs>>()
    .with_scratch<packed_factors<DistillationGradientArgs>>()
    .with_work<work_of_both<DistillationGradientArgs>>()
    .with_common<common_of_both<DistillationGradientArgs>>()
    .with_parallelism(Parallelism::kOnePerThread);

}  // namespace glassformer
