// Calls a function with an activation that is known at compile time.
#pragma once
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Calls use(Constant<kind>).
template <class Use>
inline void for_activation(Activation kind, Use use) {
  if (kind == kRelu) use(Constant<kRelu>{});
  else if (kind == kGelu) use(Constant<kGelu>{});
  else if (kind == kGeluTanh) use(Constant<kGeluTanh>{});
  else if (kind == kSwish) use(Constant<kSwish>{});
  else if (kind == kTanh) use(Constant<kTanh>{});
  else use(Constant<kNone>{});
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
