// x, positions, rotations → rotated: some columns of each row, turned by its position.
#include "generated/rows.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const RotateShapes& s) {
  expect(same_shape(s.x, s.rotated), "x and output differ in shape");
  expect(is_column(s.positions, s.x), "positions must be one column with the rows of x");
  expect(s.rotations.width % 2 == 0, "rotations must have an even width");
  expect(s.columns <= s.x.width && s.columns % s.rotations.width == 0, "columns must be heads of x as wide as rotations");
}

void check(const RotateArgs& args) { expect_range("position", args.positions, 0, 0, args.rotations.rows); }

double work(const RotateArgs& args) { return work_by_value(args.x); }

}  // namespace

const Op rotate_op = Definition<RotateOperands>(&Kernels::rotate).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
