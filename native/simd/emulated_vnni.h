// AVX-VNNI in instructions of AVX2, for tests on machines without AVX-VNNI.
#pragma once
#include <immintrin.h>

#define _mm256_dpbusd_avx_epi32(sums, a, b) emulated_dot_bytes(sums, a, b)
#define _mm256_dpwssd_avx_epi32(sums, a, b) _mm256_add_epi32(sums, _mm256_madd_epi16(a, b))

namespace glassformer {
namespace avx2 {
namespace {

// Adds to each sum the products of four unsigned bytes of a and four signed bytes of b. Products at even places and at
// odd places have 16 bits each.
inline __m256i emulated_dot_bytes(__m256i sums, __m256i a, __m256i b) {
  const __m256i even_a = _mm256_and_si256(a, _mm256_set1_epi16(0xff));
  const __m256i even_b = _mm256_srai_epi16(_mm256_slli_epi16(b, 8), 8);
  const __m256i even = _mm256_madd_epi16(even_a, even_b);
  const __m256i odd = _mm256_madd_epi16(_mm256_srli_epi16(a, 8), _mm256_srai_epi16(b, 8));
  return _mm256_add_epi32(sums, _mm256_add_epi32(even, odd));
}

}  // namespace
}  // namespace avx2
}  // namespace glassformer
