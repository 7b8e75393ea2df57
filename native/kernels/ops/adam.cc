// adam: one step of all parameters.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

// rates [8]: learning rate, β1, β2, ε, decay, clip, 1 − β1ᵗ, 1 − β2ᵗ. The other operands are [1, n]. Threads share the
// columns.
void adam(const AdamArgs& args, const Partition& partition) {
  const float* rates = args.rates.floats;
  const Range part = part_of(args.parameters.width, kScratchStep, partition);
  float* gradients = args.gradients.floats + part.begin;
  float* parameters = args.parameters.floats + part.begin;
  float* first_moments = args.first_moments.floats + part.begin;
  float* second_moments = args.second_moments.floats + part.begin;
  const Vec beta1 = broadcast(rates[1]);
  const Vec beta2 = broadcast(rates[2]);
  const Vec rest1 = broadcast(1 - rates[1]);
  const Vec rest2 = broadcast(1 - rates[2]);
  const Vec epsilon = broadcast(rates[3]);
  const Vec decay = broadcast(-rates[0] * rates[4]);
  const Vec clip = broadcast(rates[5]);
  const Vec step = broadcast(rates[0] / rates[6]);
  const Vec deviation = broadcast(1 / __builtin_sqrtf(rates[7]));
  for_columns(part.length(), [&](std::int64_t i, auto n) {
    const Vec gradient = load(gradients + i, n) * clip;
    const Vec first = fma(beta1, load(first_moments + i, n), rest1 * gradient);
    const Vec second = fma(beta2, load(second_moments + i, n), rest2 * gradient * gradient);
    store(first_moments + i, first, n);
    store(second_moments + i, second, n);
    const Vec parameter = load(parameters + i, n);
    const Vec decayed = fma(decay, parameter, parameter);
    store(parameters + i, decayed - step * first / fma(sqrt(second), deviation, epsilon), n);
    store(gradients + i, broadcast(0), n);
  });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
