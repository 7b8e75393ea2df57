// table, tokens, positionTable, positions → embedded.
#include "generated/rows.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const EmbedShapes& s) {
  expect(s.table.width == s.embedded.width, "table and output differ in width");
  expect(is_column(s.tokens, s.embedded), "tokens must be one column with the rows of the output");
  expect(s.positions.given == s.position_table.given, "positions and positionTable go together");
  if (!s.positions.given) return;
  expect(is_column(s.positions, s.embedded), "positions must be one column with the rows of the output");
  expect(s.position_table.width == s.embedded.width, "positionTable and output differ in width");
}

void check(const EmbedArgs& args) {
  expect_range("token", args.tokens, 0, -1, args.table.rows);
  expect_positions(args.positions, args.position_table, args.position_offset);
}

double work(const EmbedArgs& args) { return 0.2 * size_of(args.embedded); }

}  // namespace

const Op embed_op = Definition<EmbedOperands>(&Kernels::embed).with_shape<shape>().with_check<check>().with_work<work>();

// tokens, positions, dx → adds to dTable and dPositionTable.
namespace {

void shape(const EmbedGradientShapes& s) {
  expect(is_column(s.tokens, s.dx), "tokens must be one column with the rows of dx");
  expect(s.d_table.width == s.dx.width, "dTable and dx differ in width");
  expect(s.positions.given == s.d_position_table.given, "positions and dPositionTable go together");
  if (!s.positions.given) return;
  expect(is_column(s.positions, s.dx), "positions must be one column with the rows of dx");
  expect(s.d_position_table.width == s.dx.width, "dPositionTable and dx differ in width");
}

void check(const EmbedGradientArgs& args) {
  expect_range("token", args.tokens, 0, -1, args.d_table.rows);
  expect_positions(args.positions, args.d_position_table, args.position_offset);
}

double work(const EmbedGradientArgs& args) { return work_by_value(args.dx); }

}  // namespace

const Op embed_gradient_op = Definition<EmbedGradientOperands>(&Kernels::embed_gradient).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
