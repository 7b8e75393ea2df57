// dAveraged, spans → dx.
#include "generated/rows.h"
#include "kernels/scratch.h"
#include "ops/recurrence_operands.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const AverageGradientShapes& s) {
  expect(same_shape(s.d_averaged, s.dx), "dAveraged and dx differ in shape");
  expect_span_pairs(s.spans);
}

void check(const AverageGradientArgs& args) { check_tiles(args.spans, args.dx.rows); }

// Room for the sums.
std::int64_t scratch(const AverageGradientArgs& args) { return scratch_stride(args.dx.width); }

double work(const AverageGradientArgs& args) { return work_by_value(args.dx); }

}  // namespace

const Op average_gradient_op = Definition<AverageGradientOperands>(&Kernels::average_gradient)
                                   .with_shape<shape>()
                                   .with_check<check>()
                                   .with_scratch<scratch>()
                                   .with_work<work>();

}  // namespace glassformer
