#include "blas/blas.h"

#if defined(GLASSFORMER_OPENBLAS)
#include <cblas.h>
#include <dlfcn.h>
#ifdef __linux__
#include <sched.h>
#endif
#elif defined(GLASSFORMER_ACCELERATE)
#include <Accelerate/Accelerate.h>
#endif

namespace glassformer {

namespace {

#if defined(GLASSFORMER_OPENBLAS) || defined(GLASSFORMER_ACCELERATE)
#if defined(GLASSFORMER_OPENBLAS)
decltype(&cblas_sgemm) sgemm;
#else
constexpr auto sgemm = &cblas_sgemm;
#endif

// y [m, n] = x [m, k] · wᵀ, w [n, k]
void product(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t x_stride, const float* w,
             std::int64_t w_stride, float* y, std::int64_t y_stride) {
  sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), 1, x,
        static_cast<int>(x_stride), w, static_cast<int>(w_stride), 0, y, static_cast<int>(y_stride));
}
#endif

#if defined(GLASSFORMER_OPENBLAS)
// While it is loaded, OpenBLAS starts a thread for each core that it sees, and ends the process if it may not.
// Therefore OpenBLAS is not linked but loaded, while the loading thread may use one core only. (An environment variable
// could ask for one thread too, but all libraries of the process would see it.)
class OneCore {
 public:
#ifdef __linux__
  OneCore() {
    if (sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    const int core = sched_getcpu();
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core < 0 ? 0 : core, &one);
    changed_ = sched_setaffinity(0, sizeof one, &one) == 0;
  }
  ~OneCore() {
    if (changed_) sched_setaffinity(0, sizeof before_, &before_);
  }

 private:
  cpu_set_t before_;
  bool changed_ = false;
#endif
};

void* load_library() {
  const OneCore one_core;
  // The library that the system finds, or else the one at its path at build time.
  void* library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  return library ? library : dlopen(GLASSFORMER_OPENBLAS "/libopenblas.so", RTLD_NOW | RTLD_LOCAL);
}

// The name and version from a configuration: 'openblas 0.3.21' from 'OpenBLAS 0.3.21 DYNAMIC_ARCH …'
std::string version(const std::string& config) {
  const std::size_t begin = config.find(' ');
  if (begin == std::string::npos) return "openblas";
  return "openblas " + config.substr(begin + 1, config.find(' ', begin + 1) - begin - 1);
}

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

Blas find() {
  void* library = load_library();
  decltype(&openblas_get_config) config;
  decltype(&openblas_set_num_threads) set_threads;
  if (!library || !find(library, "cblas_sgemm", sgemm) || !find(library, "openblas_get_config", config) ||
      !find(library, "openblas_set_num_threads", set_threads))
    return {"none", nullptr};
  set_threads(1);  // because another module may have loaded the library before
  return {version(config()), product};
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
