// x, spans → averaged.
#include "generated/rows.h"
#include "kernels/scratch.h"
#include "ops/recurrence_operands.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const AverageShapes& s) {
  expect(same_shape(s.x, s.averaged), "x and output differ in shape");
  expect_span_pairs(s.spans);
}

void check(const AverageArgs& args) { check_tiles(args.spans, args.x.rows); }

// Scratch memory for the sums.
std::int64_t scratch(const AverageArgs& args) { return scratch_stride(args.x.width); }

double work(const AverageArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op average_op =
    Definition<AverageOperands>(&Kernels::average).with_shape<shape>().with_check<check>().with_scratch<scratch>().with_work<work>();

// dAveraged, spans → dx.
namespace {

void shape(const AverageGradientShapes& s) {
  expect(same_shape(s.d_averaged, s.dx), "dAveraged and dx differ in shape");
  expect_span_pairs(s.spans);
}

void check(const AverageGradientArgs& args) { check_tiles(args.spans, args.dx.rows); }

// Scratch memory for the sums.
std::int64_t scratch(const AverageGradientArgs& args) { return scratch_stride(args.dx.width); }

double work(const AverageGradientArgs& args) { return work_by_value(args.dx); }

}  // namespace

const Op average_gradient_op = Definition<AverageGradientOperands>(&Kernels::average_gradient)
                                   .with_shape<shape>()
                                   .with_check<check>()
                                   .with_scratch<scratch>()
                                   .with_work<work>();

}  // namespace glassformer
