// Functions that JavaScript provides to WebAssembly (src/engine/backend/wasm/instance.ts), and macros that export
// functions to JavaScript.
#pragma once

#define IMPORT_FROM_JAVASCRIPT(name) extern "C" __attribute__((import_module("glassformer"), import_name(#name)))
#define EXPORT_TO_JAVASCRIPT(name) extern "C" __attribute__((export_name(#name)))

// Throws a GlassformerError.
IMPORT_FROM_JAVASCRIPT(fail) [[noreturn]] void javascript_fail(const char* code, const char* message);
// Starts another instance, which calls run_thread(start) on the stack that ends at `stack`, with thread-local data at
// `local`. Returns whether this is possible.
IMPORT_FROM_JAVASCRIPT(start_thread) bool javascript_start_thread(void* start, void* stack, void* local);
// Tells JavaScript not to call end_thread(start).
IMPORT_FROM_JAVASCRIPT(forget_thread) void javascript_forget_thread(void* start);
// Waits a moment, if the thread may wait.
IMPORT_FROM_JAVASCRIPT(rest) void javascript_rest();
