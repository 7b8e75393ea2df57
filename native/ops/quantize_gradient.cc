// x, quantized, dQuantized, dErrors → dx.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const QuantizeGradientShapes& s) {
  for (const Shape* each : {&s.quantized, &s.d_quantized, &s.dx}) expect(same_shape(s.x, *each), "x and its kind differ in shape");
  expect(same_rows(s.x, s.d_errors) && s.d_errors.width == 1, "dErrors must be [rows of x, 1]");
}

double work(const QuantizeGradientArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op quantize_gradient_op = Definition<QuantizeGradientOperands>(&Kernels::quantize_gradient).with_shape<shape>().with_work<work>().is_by_rows();

}  // namespace glassformer
