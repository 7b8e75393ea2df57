// The exports of the addon, which src/engine/backend/native/addon.ts declares: info, Player, firstMultiple, prepare,
// packRows, packQuantized, packInt4, mapFile, checksum and forget.
#include <napi.h>

#include "addon/mapped_file.h"
#include "addon/pack_rows.h"
#include "addon/player_object.h"
#include "blas/blas.h"
#include "core/machine.h"
#include "core/op.h"

namespace glassformer {

namespace {

template <class Items, class Name>
Napi::Array names_of(Napi::Env env, const Items& items, Name name) {
  Napi::Array names = Napi::Array::New(env, items.size());
  std::uint32_t i = 0;
  for (const auto& item : items) names.Set(i++, Napi::String::New(env, name(item)));
  return names;
}

Napi::Value info(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  Napi::Object result = Napi::Object::New(env);
  result.Set("blas", blas().name);
  result.Set("isas", names_of(env, instruction_sets(), [](const InstructionSet& set) { return set.name; }));
  result.Set("ops", names_of(env, all_ops(), [](const Op* op) { return signature_of(*op); }));
  result.Set("cores", usable_cores());
  // The answer for the highest instruction set, for which the addon has kernels.
  result.Set("bfloat16", bfloat16_precision(instruction_sets().back()) != kFloat32);
  return result;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("info", Napi::Function::New<info>(env, "info"));
  exports.Set("Player", PlayerObject::define(env));
  exports.Set("firstMultiple", Napi::Function::New<first_multiple_call>(env, "firstMultiple"));
  exports.Set("prepare", Napi::Function::New<prepare_call>(env, "prepare"));
  exports.Set("packRows", Napi::Function::New<pack_rows_call>(env, "packRows"));
  exports.Set("mapFile", Napi::Function::New<map_file_call>(env, "mapFile"));
  exports.Set("checksum", Napi::Function::New<checksum_call>(env, "checksum"));
  exports.Set("forget", Napi::Function::New<forget_call>(env, "forget"));
  exports.Set("packInt4", Napi::Function::New<pack_int4_call>(env, "packInt4"));
  exports.Set("packQuantized", Napi::Function::New<pack_quantized_call>(env, "packQuantized"));
  return exports;
}

}  // namespace

}  // namespace glassformer

static Napi::Object init_glassformer(Napi::Env env, Napi::Object exports) { return glassformer::init(env, exports); }
NODE_API_MODULE(glassformer, init_glassformer)
