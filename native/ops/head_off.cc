// attended → kept: the output of attention without one of its heads.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const HeadOffShapes& s) {
  expect(same_shape(s.attended, s.kept), "input and output differ in shape");
  expect(s.kept.width % s.heads == 0, "the width cannot be cut into heads");
  expect(s.head >= 0 && s.head < s.heads, "there is no such head");
}

double work(const HeadOffArgs& args) { return work_by_value(args.kept); }

}  // namespace

const Op head_off_op = Definition<HeadOffOperands>(&Kernels::head_off).with_shape<shape>().with_work<work>().is_by_rows();

}  // namespace glassformer
