// Packs weights in memory of JavaScript, as src/engine/weights/pack.ts does.
#pragma once
#include <napi.h>

namespace glassformer {

// firstMultiple(memory, step)
Napi::Value first_multiple_call(const Napi::CallbackInfo& info);

// prepare(store)
Napi::Value prepare_call(const Napi::CallbackInfo& info);

// packRows(packed, first, count, values)
Napi::Value pack_rows_call(const Napi::CallbackInfo& info);

// packInt4(packed, first, count, integers, scales)
Napi::Value pack_int4_call(const Napi::CallbackInfo& info);

// packQuantized(packed, first, values, scales)
Napi::Value pack_quantized_call(const Napi::CallbackInfo& info);

}  // namespace glassformer
