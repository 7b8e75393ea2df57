// A step of Adam for all parameters.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const AdamShapes& s) {
  expect(is_vector(s.rates, 8), "rates must be eight numbers");
  for (const Shape* each : {&s.gradients, &s.parameters, &s.first_moments, &s.second_moments})
    expect(is_vector(*each, s.parameters.width), "gradients, parameters and moments must be one row of the same width");
}

double work(const AdamArgs& args) { return work_by_value(args.gradients); }

}  // namespace

const Op adam_op = Definition<AdamOperands>(&Kernels::adam).with_shape<shape>().with_work<work>();

}  // namespace glassformer
