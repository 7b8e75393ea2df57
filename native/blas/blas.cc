#include "blas/blas.h"

#if defined(GLASSFORMER_OPENBLAS)
#include <cblas.h>
// Ends OpenBLAS's threads; null in a build of it without threads.
extern "C" int blas_thread_shutdown_(void) __attribute__((weak));
#elif defined(GLASSFORMER_ACCELERATE)
#include <Accelerate/Accelerate.h>
#endif

namespace glassformer {

namespace {

#if defined(GLASSFORMER_OPENBLAS) || defined(GLASSFORMER_ACCELERATE)
// y [m, n] = x [m, k] · wᵀ, w [n, k]
void product(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t x_stride, const float* w,
             std::int64_t w_stride, float* y, std::int64_t y_stride) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), 1,
              x, static_cast<int>(x_stride), w, static_cast<int>(w_stride), 0, y, static_cast<int>(y_stride));
}
#endif

#if defined(GLASSFORMER_OPENBLAS)
// 'openblas 0.3.21' of 'OpenBLAS 0.3.21 DYNAMIC_ARCH …'
std::string version() {
  const std::string config = openblas_get_config();
  const std::size_t begin = config.find(' ');
  if (begin == std::string::npos) return "openblas";
  return "openblas " + config.substr(begin + 1, config.find(' ', begin + 1) - begin - 1);
}

Blas find() {
  openblas_set_num_threads(1);
  // Its threads are there already, and would turn idle loops for 20 ms before they sleep.
  if (blas_thread_shutdown_ != nullptr) blas_thread_shutdown_();
  return {version(), product};
}
#elif defined(GLASSFORMER_ACCELERATE)
Blas find() { return {"accelerate", product}; }
#else
Blas find() { return {"none", nullptr}; }
#endif

}  // namespace

const Blas& blas() {
  static const Blas found = find();
  return found;
}

}  // namespace glassformer
