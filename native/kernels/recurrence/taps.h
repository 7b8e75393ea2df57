// The taps of a convolution that stay within a sentence.
#pragma once
#include "kernels/call.h"
#include "kernels/partition.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The taps of row r that read rows of its sentence, where tap j reads row r + (j − before) · dilation. No product here
// exceeds the sentence's rows, so that none can overflow.
template <class Args>
inline Range taps_of(const Args& args, const Range& rows, std::int64_t r) {
  const std::int64_t first = args.before - (r - rows.begin) / args.dilation;
  const std::int64_t end = args.before + (rows.end - 1 - r) / args.dilation + 1;
  return {first > 0 ? first : 0, smaller(end, args.weight.rows)};
}

// The taps that read row s of the sentence: tap j reads it for row s − (j − before) · dilation.
template <class Args>
inline Range taps_into(const Args& args, const Range& rows, std::int64_t s) {
  const std::int64_t first = args.before - (rows.end - 1 - s) / args.dilation;
  const std::int64_t end = args.before + (s - rows.begin) / args.dilation + 1;
  return {first > 0 ? first : 0, smaller(end, args.weight.rows)};
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
