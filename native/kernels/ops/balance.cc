// balance: one thread computes the number.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/experts/column_shares.h"
#include "kernels/ops.h"
#include "kernels/partition.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void balance(const BalanceArgs& args, const Partition& partition) {
  if (partition.part != 0) return;
  const Shares shares = shares_of(args.x);
  row_of(args.balance, 0)[0] = static_cast<float>(shares.variance / shares.square);
}

// balanceGradient: all rows of a column get the same gradient.
void balance_gradient(const BalanceGradientArgs& args, const Partition& partition) {
  const Range columns = part_of(args.x.width, 1, partition);
  if (columns.length() == 0) return;
  const Shares shares = shares_of(args.x);
  const double experts = static_cast<double>(args.x.width);
  const double d = row_of(args.d_balance, 0)[0];
  for (std::int64_t e = columns.begin; e < columns.end; e++) {
    const double apart = 2 * (column_sum(args.x, e) - shares.mean) / experts / shares.square;
    const double slope = d * (apart - 2 * shares.variance * shares.mean / experts / (shares.square * shares.square));
    for (std::int64_t r = 0; r < args.dx.rows; r++) row_of(args.dx, r)[e] = static_cast<float>(slope);
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
