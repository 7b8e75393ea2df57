// The vectors of one instruction set, which this header chooses: the set for which native/sources.json compiles a file, or the plain
// vectors of every machine.
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
