// The vectors of one instruction set, chosen here: the one that native/sources.json compiles a file for, or what every machine has.
#pragma once

#if defined(GLASSFORMER_AVX512)
#include "simd/simd_avx512.h"
#elif defined(GLASSFORMER_AVX2)
#include "simd/simd_avx2.h"
#else
#include "simd/simd_scalar.h"
#endif
