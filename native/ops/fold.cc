// x [windows, taps · width], inverse → folded: the parts of windows are added up by the rows to which they belong.
#include "generated/rows.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const FoldShapes& s) {
  expect(s.x.width == s.taps * s.folded.width, "x has not `taps` parts of the width of the output");
  expect(s.inverse.width > 0 && same_rows(s.inverse, s.folded), "inverse and output differ in rows");
  expect(!s.index.given || (same_rows(s.index, s.x) && s.index.width == s.taps), "index must be [rows of x, taps]");
}

void check(const FoldArgs& args) {
  expect_all_in_range("place", args.inverse, -1, args.x.rows * args.taps);
  expect_all_in_range("row", args.index, -1, args.inverse.rows);
}

double work(const FoldArgs& args) {
  return 0.2 * size_of(args.folded) * static_cast<double>(args.inverse.width);
}

}  // namespace

const Op fold_op = Definition<FoldOperands>(&Kernels::fold).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
