#include "core/failure.h"

#include <algorithm>
#include <cstring>

#include "wasm/javascript.h"

namespace glassformer {

thread_local const Location* location = nullptr;

void fail(const char* code, std::string message) {
  if (location) message = location->text(location->where) + message;
  location = nullptr;
  // The frame's destructors do not run, so that the message is copied to the stack and its memory freed.
  constexpr std::size_t kLongest = 2000;
  char text[kLongest + 1];
  const std::size_t length = std::min(message.size(), kLongest);
  std::memcpy(text, message.data(), length);
  text[length] = 0;
  std::string().swap(message);
  javascript_fail(code, text);
}

}  // namespace glassformer
