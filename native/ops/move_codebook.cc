// x, codes → counts, sums and codebook, which move.
#include "generated/rows.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const MoveCodebookShapes& s) {
  expect(s.x.width == s.blocks * s.codebook.width, "x has not `blocks` parts of the width of the codebook");
  expect(s.codebook.rows > 0 && s.codebook.rows % s.blocks == 0, "the codebook has not as many entries for each block");
  expect(same_rows(s.x, s.codes) && s.codes.width == s.blocks, "codes must be [rows of x, blocks]");
  expect(same_rows(s.codebook, s.counts) && s.counts.width == 1, "counts must be [entries, 1]");
  expect(same_shape(s.codebook, s.sums), "sums and codebook differ in shape");
}

void check(const MoveCodebookArgs& args) { expect_all_in_range("code", args.codes, 0, args.codebook.rows / args.blocks); }

double work(const MoveCodebookArgs& args) { return work_by_value(args.x) + work_by_value(args.codebook); }

}  // namespace

const Op move_codebook_op = Definition<MoveCodebookOperands>(&Kernels::move_codebook).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
