// An error on its way to JavaScript: one of the stable codes of src/errors.ts, and a message.
#pragma once
#include <string>

namespace glassformer {

struct Failure {
  const char* code;
  std::string message;
};

[[noreturn]] inline void refuse(const std::string& message) { throw Failure{"ERR_SHAPE", message}; }
[[noreturn]] inline void refuse_size(const std::string& message) { throw Failure{"ERR_MEMORY", message}; }

inline void expect(bool condition, const std::string& message) {
  if (!condition) refuse(message);
}
// The same for a literal: no string is built unless the condition fails.
inline void expect(bool condition, const char* message) {
  if (!condition) refuse(message);
}

}  // namespace glassformer
