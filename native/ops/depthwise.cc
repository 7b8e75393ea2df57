// x, weight, spans → convolved.
#include "generated/rows.h"
#include "ops/convolution_operands.h"

namespace glassformer {

namespace {

void shape(const DepthwiseShapes& s) {
  expect_convolution(s);
  expect(same_shape(s.x, s.convolved), "x and output differ in shape");
}

void check(const DepthwiseArgs& args) { check_tiles(args.spans, args.x.rows); }

double work(const DepthwiseArgs& args) { return work_by_tap(args); }

}  // namespace

const Op depthwise_op = Definition<DepthwiseOperands>(&Kernels::depthwise).with_shape<shape>().with_check<check>().with_work<work>();

// x, weight, spans, dConvolved → dx; dWeight is added to.
namespace {

void shape(const DepthwiseGradientShapes& s) {
  expect_convolution(s);
  expect(same_shape(s.d_convolved, s.x) && same_shape(s.dx, s.x), "x, dConvolved and dx differ in shape");
  expect(same_shape(s.d_weight, s.weight), "weight and dWeight differ in shape");
}

void check(const DepthwiseGradientArgs& args) { check_tiles(args.spans, args.x.rows); }

double work(const DepthwiseGradientArgs& args) { return 2 * work_by_tap(args); }

}  // namespace

const Op depthwise_gradient_op =
    Definition<DepthwiseGradientOperands>(&Kernels::depthwise_gradient).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
