// x, codebook → quantized, codes, errors: each part of a row becomes the nearest entry of a codebook.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const QuantizeShapes& s) {
  expect(s.x.width == s.blocks * s.codebook.width, "x has not `blocks` parts of the width of the codebook");
  expect(s.codebook.rows > 0 && s.codebook.rows % s.blocks == 0, "the codebook has not as many entries for each block");
  expect(same_shape(s.x, s.quantized), "input and output differ in shape");
  expect(same_rows(s.x, s.codes) && s.codes.width == s.blocks, "codes must be [rows of x, blocks]");
  expect(is_column(s.errors, s.x), "errors must be [rows of x, 1]");
}

double work(const QuantizeArgs& args) { return 2 * work_of_product(args.x, args.codebook.rows / args.blocks); }

}  // namespace

const Op quantize_op = Definition<QuantizeOperands>(&Kernels::quantize).with_shape<shape>().with_work<work>().is_by_rows();

// x, quantized, dQuantized, dErrors → dx.
namespace {

void shape(const QuantizeGradientShapes& s) {
  for (const Shape* each : {&s.quantized, &s.d_quantized, &s.dx}) expect(same_shape(s.x, *each), "x and its kind differ in shape");
  expect(is_column(s.d_errors, s.x), "dErrors must be [rows of x, 1]");
}

double work(const QuantizeGradientArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op quantize_gradient_op = Definition<QuantizeGradientOperands>(&Kernels::quantize_gradient).with_shape<shape>().with_work<work>().is_by_rows();

}  // namespace glassformer
