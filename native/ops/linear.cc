// x [rows, inputs], weight [outputs, inputs] → out [rows, outputs], with an epilogue.
#include "generated/rows.h"
#include "ops/encoded_product.h"
#include "ops/shapes.h"

namespace glassformer {

namespace {

void shape(const LinearShapes& s) {
  expect(s.x.width == s.weight.width, "x and weight differ in width");
  expect(s.weight.symbol < 0 && s.weight.rows == s.out.width, "the output has not a column for each row of weight");
  expect(same_rows(s.x, s.out), "x and output differ in rows");
  expect(may_be_vector(s.bias, s.out.width), "bias must be one row of the width of the output");
  expect(!s.residual.given || same_shape(s.residual, s.out), "residual and output differ in shape");
}

std::int64_t scratch(const LinearArgs& args) { return product_scratch(args.x, args.weight, args); }

// All rows of x, prepared for an encoded weight whose outputs threads share.
std::int64_t common(const LinearArgs& args, int threads) {
  const bool shared = threads > 1 && args.x.rows < rows_of_thread(args) * threads;
  return shared && args.weight.encoding != Encoding::kFloat32 ? prepared_floats(args.x.rows, args.x.width) : 0;
}

double work(const LinearArgs& args) { return product_work(args.x, args.weight); }

}  // namespace

const Op linear_op = Definition<LinearOperands>(&Kernels::linear)
                          .with_shape<shape>()
                          .with_scratch<scratch>()
                          .with_work<work>()
                          .with_common<common>()
                          .with_parallelism(Parallelism::kByKernel)
                          .is_by_rows();

}  // namespace glassformer
