// JavaScript values into the core's plain data.
#pragma once
#include <napi.h>

#include <optional>
#include <vector>

#include "core/bound_program.h"
#include "core/program.h"

namespace glassformer {

// Thrown where JavaScript has thrown (by a getter): its exception is pending and goes on.
struct Pending {};

// A ProgramSpec of src/backend/backend.ts; kernels and checks are not looked at. Throws Failure or Pending.
ProgramSpec read_program(const Napi::Value& value);

std::vector<double> read_numbers(const Napi::Value& value, const char* what);

// What a typed array has in memory.
struct Elements {
  napi_typedarray_type type;
  void* data;
  std::size_t length;
};

// Of a typed array, also one over a SharedArrayBuffer; nothing where `value` is none. To be looked up last, when no JavaScript can
// run any more.
std::optional<Elements> elements_of(napi_env env, napi_value value);

// A typed array, and those that are arguments from `first` on. Their memory is looked up last, when no JavaScript can run any more.
BoundArray read_array(napi_env env, napi_value value);
std::vector<BoundArray> read_arrays(const Napi::CallbackInfo& info, std::size_t first);

// A property, without a pending exception.
Napi::Value get(const Napi::Object& object, const char* key);

}  // namespace glassformer
