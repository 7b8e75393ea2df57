// x, matrices, places, adapters, product → adapted: adds to a product the low-rank branches of each row's adapter.
#include "generated/rows.h"
#include "kernels/low_rank_places.h"
#include "ops/integers.h"
#include "ops/shapes.h"
#include "ops/work.h"

namespace glassformer {

namespace {

void shape(const LowRankShapes& s) {
  expect(s.matrices.width == 1, "matrices must be one column");
  expect(s.places.width % 3 == 0, "places must have three columns for each part");
  expect(s.adapted.width == s.outputs && same_rows(s.x, s.adapted), "the output must have the rows of x and the columns of outputs");
  expect((s.direction == kForward ? s.outputs : s.x.width) % (s.places.width / 3) == 0, "the columns are no equal parts");
  expect(!s.product.given || same_shape(s.product, s.adapted), "product and output differ in shape");
  expect(is_column(s.adapters, s.x), "adapters must be one column with the rows of x");
}

void check(const LowRankArgs& args) {
  expect_range("adapter", args.adapters, 0, -1, args.places.rows);
  const LowRankWidths widths = low_rank_widths(args);
  for (std::int64_t adapter = 0; adapter < args.places.rows; adapter++)
    for (std::int64_t part = 0; part < widths.parts; part++) {
      const LowRankPlace place = low_rank_place(args, adapter, part);
      if (place.down < 0 || place.up < 0 || place.rank < 0 || place.down + place.rank * widths.whole > args.matrices.rows ||
          place.up + place.rank * widths.part > args.matrices.rows)
        refuse("matrices of rank " + text(place.rank) + " at " + text(place.down) + " and " + text(place.up) + " (adapter " +
               text(adapter) + ") are outside of " + text(args.matrices.rows) + " values");
    }
}

// The work, as if each part had rank 8.
double work(const LowRankArgs& args) {
  return work_of_product(args.x, 8 * (args.places.width / 3)) + work_of_product(args.adapted, 8);
}

}  // namespace

const Op low_rank_op = Definition<LowRankOperands>(&Kernels::low_rank).with_shape<shape>().with_check<check>().with_work<work>();

}  // namespace glassformer
