// x, noise, hard → code: rows of bits.
#include "generated/rows.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const SemanticHashShapes& s) {
  expect(same_shape(s.x, s.code), "input and output differ in shape");
  expect(s.noise.given == s.hard.given, "noise and hard go together");
  expect(!s.noise.given || same_shape(s.x, s.noise), "noise and x differ in shape");
  expect(!s.hard.given || is_column(s.hard, s.x), "hard must be [rows of x, 1]");
}

double work(const SemanticHashArgs& args) { return 3 * work_by_value(args.x); }

}  // namespace

const Op semantic_hash_op = Definition<SemanticHashOperands>(&Kernels::semantic_hash).with_shape<shape>().with_work<work>().is_by_rows();

// x, noise, dCode → dx.
namespace {

void shape(const SemanticHashGradientShapes& s) {
  expect(same_shape(s.x, s.d_code) && same_shape(s.x, s.dx), "x, dCode and dx differ in shape");
  expect(!s.noise.given || same_shape(s.x, s.noise), "noise and x differ in shape");
}

double work(const SemanticHashGradientArgs& args) { return 3 * work_by_value(args.x); }

}  // namespace

const Op semantic_hash_gradient_op =
    Definition<SemanticHashGradientOperands>(&Kernels::semantic_hash_gradient).with_shape<shape>().with_work<work>().is_by_rows();

}  // namespace glassformer
