// Turns exceptions of the core into JavaScript exceptions.
#pragma once
#include <napi.h>

#include <new>
#include <string>
#include <system_error>

#include "addon/spec_reader.h"
#include "core/failure.h"

namespace glassformer {

// Throws the error in JavaScript. This fails while the environment ends (as a worker's does that is terminated during a
// play); then no JavaScript is left to receive the error.
inline void raise(Napi::Env env, const char* code, const std::string& message) {
  static_cast<void>(napi_throw_error(env, code, message.c_str()));
}

// The result of `action`; undefined if it throws, with a JavaScript exception.
template <class Action>
Napi::Value guarded(Napi::Env env, Action action) {
  try {
    return action();
  } catch (const Pending&) {
  } catch (const Failure& failure) {
    raise(env, failure.code, failure.message);
  } catch (const std::bad_alloc&) {
    raise(env, "ERR_MEMORY", "there is no memory for what a program needs beside its tensors: fewer workers take less");
  } catch (const std::system_error& error) {
    raise(env, "ERR_MEMORY", std::string("no thread could be made (") + error.what() + "): fewer workers or threads need fewer");
  }
  return env.Undefined();
}

}  // namespace glassformer
