// sumOfSquares and adam.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Σ x² over [width], in four sums so that one product need not wait for the other.
float squares_of(const float* x, std::int64_t width) {
  Vec sums[4];
  for (Vec& part : sums) part = broadcast(0);
  std::int64_t i = 0;
  for (; i + 4 * kLanes <= width; i += 4 * kLanes)
    for (int part = 0; part < 4; part++) {
      const Vec a = load(x + i + part * kLanes);
      sums[part] = fma(a, a, sums[part]);
    }
  for_columns(width - i, [&](std::int64_t rest, auto n) {
    const Vec a = load(x + i + rest, n);
    sums[0] = fma(a, a, sums[0]);
  });
  return sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

void sum_of_squares(const SumOfSquaresArgs& args, const Share& share) {
  const Matrix& x = args.x;
  const Matrix& sums = args.sums;
  const Range blocks = part_of(sums.rows, 1, share);
  for (std::int64_t block = blocks.begin; block < blocks.end; block++)
    *row_of(sums, block) = squares_of(x.floats + block * kSumBlock, smaller(kSumBlock, x.width - block * kSumBlock));
}

// rates [8]: learning rate, β1, β2, ε, decay, clip, 1 − β1ᵗ, 1 − β2ᵗ. The others [1, n], of which a thread has some columns.
void adam(const AdamArgs& args, const Share& share) {
  const float* rates = args.rates.floats;
  const Range part = part_of(args.parameters.width, kScratchStep, share);
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

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
