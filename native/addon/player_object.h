// The JavaScript class Player, which src/engine/backend/native/addon.ts declares.
#pragma once
#include <napi.h>

#include <memory>
#include <vector>

#include "core/player.h"

namespace glassformer {

class PlayerObject : public Napi::ObjectWrap<PlayerObject> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PlayerObject(const Napi::CallbackInfo& info);
  ~PlayerObject() override;

 private:
  Napi::Value compile(const Napi::CallbackInfo& info);
  Napi::Value play(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  Napi::Value isa(const Napi::CallbackInfo& info);
  Napi::Value threads(const Napi::CallbackInfo& info);

  void release();
  static void at_exit(void* self);
  Player& open_player();
  std::size_t program_id(const Napi::Value& value);

  Napi::Env env_;
  std::unique_ptr<Player> player_;  // null once closed
  // For each program, the Float32Array of its weights. The reference keeps it from being collected; every play looks
  // its memory up.
  std::vector<Napi::ObjectReference> weights_;
};

}  // namespace glassformer
