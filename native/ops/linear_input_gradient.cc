// dy [rows, outputs], weight [outputs, inputs] → dx [rows, inputs].
#include "generated/rows.h"
#include "kernels/scratch.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const LinearInputGradientShapes& s) {
  expect(s.weight.symbol < 0 && s.weight.rows == s.dy.width, "dy has not a column for each row of weight");
  expect(same_rows(s.dx, s.dy) && s.dx.width == s.weight.width, "dx does not fit dy and weight");
  expect(!s.x.given || (same_rows(s.x, s.dy) && s.x.width == s.weight.width), "x has not the shape of dx");
}

// Blocks of both factors, packed.
std::int64_t scratch(const LinearInputGradientArgs&) { return kPackedRows + kPackedColumns; }

double work(const LinearInputGradientArgs& args) { return work_of_product(args.dy, args.weight.width); }

}  // namespace

const Op linear_input_gradient_op = Definition<LinearInputGradientOperands>(&Kernels::linear_input_gradient).with_shape<shape>().with_scratch<scratch>().with_work<work>();

}  // namespace glassformer
