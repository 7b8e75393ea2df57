// a, b → sum.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const AddShapes& s) {
  expect(same_shape(s.a, s.sum) && same_shape(s.b, s.sum), "a, b and output differ in shape");
}

double work(const AddArgs& args) { return 0.2 * size_of(args.sum); }

}  // namespace

const Op add_op = Definition<AddOperands>(&Kernels::add).with_shape<shape>().with_work<work>().is_by_rows();

}  // namespace glassformer
