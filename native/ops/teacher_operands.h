// Rules that distillation and its gradient share.
#pragma once
#include <cstdint>

#include "ops/projection_operands.h"
#include "ops/work.h"

namespace glassformer {

template <class Shapes>
void expect_teacher(const Shapes& s) {
  expect_projection(s);
  expect(same_rows(s.teacher_x, s.x), "teacherX and x differ in rows");
  expect(s.teacher_x.width == s.teacher_weight.width, "teacherX and teacherWeight differ in width");
  expect(same_rows(s.teacher_weight, s.weight), "teacherWeight and weight differ in rows");
  expect(may_be_vector(s.teacher_bias, s.teacher_weight.rows), "teacherBias must have a column for each row of teacherWeight");
  expect(s.temperature > 0, "the temperature must be above 0");
  expect(s.share >= 0 && s.share <= 1, "the share must be from 0 to 1");
}

// The logits of the student and of the teacher, which share memory.
template <class Args>
std::int64_t common_of_both(const Args& args, int) {
  return logits_at_a_time(args.x, 2 * args.weight.rows);
}

template <class Args>
double work_of_both(const Args& args) {
  return work_of_product(args.x, args.weight.rows) + work_of_product(args.teacher_x, args.weight.rows);
}

}  // namespace glassformer
