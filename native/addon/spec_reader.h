// Reads JavaScript values into the core's plain data.
#pragma once
#include <napi.h>

#include <optional>
#include <vector>

#include "core/bound_program.h"
#include "core/program.h"

namespace glassformer {

// Thrown where JavaScript has thrown, as a getter may: the JavaScript exception is pending and is passed on.
struct Pending {};

// Reads a ProgramSpec of src/engine/backend/interface/backend.ts; its kernels and checks are ignored. Throws Failure or Pending.
ProgramSpec read_program(const Napi::Value& value);

std::vector<double> read_numbers(const Napi::Value& value, const char* what);

// The elements of a typed array in memory.
struct Elements {
  napi_typedarray_type type;
  void* data;
  std::size_t length;
};

// The elements of a typed array, which may lie in a SharedArrayBuffer; nothing if `value` is no typed array. Call this
// last, when no more JavaScript can run.
std::optional<Elements> elements_of(napi_env env, napi_value value);

// Reads one typed array, or the typed arrays among the arguments from `first` on. Call these last, when no more
// JavaScript can run.
BoundArray read_array(napi_env env, napi_value value);
std::vector<BoundArray> read_arrays(const Napi::CallbackInfo& info, std::size_t first);

// Reads a property. Throws Pending if a getter throws.
Napi::Value get(const Napi::Object& object, const char* key);

}  // namespace glassformer
