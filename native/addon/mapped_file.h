// Files of packed weights, mapped into memory so that processes share them.
#pragma once
#include <napi.h>

namespace glassformer {

// mapFile(path, offset, bytes): an ArrayBuffer, or null where the system cannot map the file
Napi::Value map_file_call(const Napi::CallbackInfo& info);

// forget(values): returns the memory of values to the system, after which they may be zeros
Napi::Value forget_call(const Napi::CallbackInfo& info);

// checksum(values): 16 hex digits
Napi::Value checksum_call(const Napi::CallbackInfo& info);

}  // namespace glassformer
