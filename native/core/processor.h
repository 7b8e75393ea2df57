// Features of the processor that the operating system lets a process use.
#pragma once

namespace glassformer {

#if defined(__x86_64__)
// AVX2 and FMA.
bool has_avx2();
bool has_avx_vnni();
// F, BW, DQ and VL, which all kernels for AVX-512 need.
bool has_avx512();
bool has_avx512_vnni();
bool has_avx512_bf16();
// AMX-BF16, AMX-TILE and AMX-INT8. The first call asks Linux for the tile registers.
bool has_amx();
#elif defined(__aarch64__)
// SDOT and UDOT.
bool has_dot_products();
#endif

}  // namespace glassformer
