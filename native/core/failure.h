// An error on its way to JavaScript: one of the stable codes of src/base/errors.ts, and a message.
#pragma once
#include <string>
#include <utility>

namespace glassformer {

struct Failure {
  const char* code;
  std::string message;
};

#ifdef __wasm__

// WebAssembly has no exceptions here: JavaScript throws the error through the C++ frames, whose destructors do not run
// (wasm/failure.cc).
[[noreturn]] void fail(const char* code, std::string message);

// The location that a failure's message begins with, during a call of located().
struct Location {
  std::string (*text)(const void* where);
  const void* where;
};
extern thread_local const Location* location;

// Calls check(). The message of its failure begins with where().
template <class Where, class Check>
void located(const Where& where, Check check) {
  const Location here = {[](const void* it) -> std::string { return (*static_cast<const Where*>(it))(); }, &where};
  location = &here;
  check();
  location = nullptr;
}

#else

[[noreturn]] inline void fail(const char* code, std::string message) { throw Failure{code, std::move(message)}; }

// Calls check(). The message of its failure begins with where().
template <class Where, class Check>
void located(const Where& where, Check check) {
  try {
    check();
  } catch (Failure& failure) {
    failure.message = where() + failure.message;
    throw;
  }
}

#endif

[[noreturn]] inline void refuse(std::string message) { fail("ERR_SHAPE", std::move(message)); }
[[noreturn]] inline void refuse_size(std::string message) { fail("ERR_MEMORY", std::move(message)); }

inline void expect(bool condition, const std::string& message) {
  if (!condition) refuse(message);
}
// The same for a literal: no string is built unless the condition fails.
inline void expect(bool condition, const char* message) {
  if (!condition) refuse(message);
}

}  // namespace glassformer
