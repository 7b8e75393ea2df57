// A step of Adafactor for one matrix.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const AdafactorShapes& s) {
  const Shape& parameters = s.parameters;
  expect(parameters.symbol < 0 && parameters.rows > 0, "parameters must have a constant number of rows");
  expect(same_shape(s.gradients, parameters), "gradients and parameters differ in shape");
  expect(is_vector(s.rates, 7), "rates must be seven numbers");
  expect(is_column(s.row_moments, parameters), "rowMoments must be one column with the rows of parameters");
  expect(is_vector(s.column_moments, parameters.width), "columnMoments must be one row of the width of parameters");
}

// Two sums for each row, and one number for each column.
std::int64_t common(const AdafactorArgs& args, int) { return 2 * args.parameters.rows + args.parameters.width; }

double work(const AdafactorArgs& args) { return work_by_value(args.gradients); }

}  // namespace

const Op adafactor_op = Definition<AdafactorOperands>(&Kernels::adafactor).with_shape<shape>().with_work<work>().with_common<common>().with_parallelism(Parallelism::kOnePerThread);

}  // namespace glassformer
