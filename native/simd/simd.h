// Chooses the vectors of the instruction set for which native/sources.json compiles a file; otherwise those of
// simd_scalar.h, which every machine has.
#pragma once

#if defined(GLASSFORMER_AVX512)
#include "simd/simd_avx512.h"
#elif defined(GLASSFORMER_AVX2)
#include "simd/simd_avx2.h"
#elif defined(GLASSFORMER_NEON)
#include "simd/simd_neon.h"
#elif defined(GLASSFORMER_WASM)
#include "simd/simd_wasm.h"
#else
#include "simd/simd_scalar.h"
#endif
