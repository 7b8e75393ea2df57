// What packs weights: src/weights/pack.ts over memory of JavaScript.
#pragma once
#include <napi.h>

namespace glassformer {

// firstLine(memory)
Napi::Value first_line_call(const Napi::CallbackInfo& info);

// prepare(store)
Napi::Value prepare_call(const Napi::CallbackInfo& info);

// packRows(packed, first, count, values)
Napi::Value pack_rows_call(const Napi::CallbackInfo& info);

// packQuantised(packed, first, values, scales)
Napi::Value pack_quantised_call(const Napi::CallbackInfo& info);

}  // namespace glassformer
