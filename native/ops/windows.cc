// x, index → windowed: rows of x, copied one after the other into each output row.
#include "generated/rows.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const WindowsShapes& s) {
  expect(s.index.width > 0 && same_rows(s.index, s.windowed), "index and output differ in rows");
  expect(s.windowed.width == s.index.width * s.x.width, "the output has not a row of x for each column of index");
  expect(!s.inverse.given || same_rows(s.inverse, s.x), "inverse and x differ in rows");
}

void check(const WindowsArgs& args) {
  expect_all_in_range("row", args.index, -1, args.x.rows);
  expect_all_in_range("place", args.inverse, -1, args.index.rows * args.index.width);
}

double work(const WindowsArgs& args) { return 0.2 * size_of(args.windowed); }

}  // namespace

const Op windows_op = Definition<WindowsOperands>(&Kernels::windows).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
