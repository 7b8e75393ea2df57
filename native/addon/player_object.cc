#include "addon/player_object.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "addon/guarded.h"
#include "addon/spec_reader.h"
#include "blas/blas.h"
#include "core/failure.h"
#include "core/machine.h"

namespace glassformer {

namespace {

struct PlayerOptions {
  int threads;
  const InstructionSet* set;
  bool blas;
  Precision precision;
};

std::string read_option(const Napi::Object& options, const char* key) {
  const Napi::Value value = get(options, key);
  if (value.IsUndefined()) return "";
  if (!value.IsString()) throw Failure{"ERR_OPTION", std::string(key) + " must be a string"};
  return value.As<Napi::String>().Utf8Value();
}

bool read_switch(const Napi::Object& options, const char* key) {
  const Napi::Value value = get(options, key);
  if (!value.IsBoolean() && !value.IsUndefined()) throw Failure{"ERR_OPTION", std::string(key) + " must be true or false"};
  return value.IsUndefined() || value.As<Napi::Boolean>().Value();
}

Precision read_products(const Napi::Object& options, const InstructionSet& set) {
  const std::string name = read_option(options, "products");
  if (name.empty() || name == "float32") return kFloat32;
  if (name != "bfloat16") throw Failure{"ERR_OPTION", "products in '" + name + "': it is 'float32' or 'bfloat16'"};
  const Precision precision = bfloat16_precision(set);
  if (precision == kFloat32)
    throw Failure{"ERR_OPTION", std::string("products in bfloat16 need AVX512-BF16, which the instruction set ") + set.name +
                                    " here does not have"};
  return precision;
}

PlayerOptions read_options(const Napi::Value& value) {
  if (!value.IsObject()) throw Failure{"ERR_OPTION", "the options of a player must be an object"};
  const Napi::Object options = value.As<Napi::Object>();
  const Napi::Value threads = get(options, "threads");
  const double count = threads.IsNumber() ? threads.As<Napi::Number>().DoubleValue() : 0;
  if (!(count >= 1) || std::floor(count) != count)
    throw Failure{"ERR_OPTION", "threads must be a whole number from 1 on"};
  const bool blas = read_switch(options, "blas");
  const InstructionSet& set = choose_instruction_set(read_option(options, "isa"));
  return {static_cast<int>(std::min<double>(count, usable_cores())), &set, blas, read_products(options, set)};
}

// The number of the player's threads that run a program.
int read_threads(const Napi::Value& value, int most) {
  const double count = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
  if (!(count >= 1 && count <= most) || std::floor(count) != count)
    throw Failure{"ERR_OPTION", "a play runs on 1 to " + std::to_string(most) + " threads"};
  return static_cast<int>(count);
}

// A copy of the rows, because another thread could write to the array.
std::vector<double> read_rows(const Napi::Value& value) {
  const std::optional<Elements> rows = elements_of(value.Env(), value);
  expect(rows && rows->type == napi_float64_array, "rows must be a Float64Array");
  const auto* data = static_cast<const double*>(rows->data);
  return data ? std::vector<double>(data, data + rows->length) : std::vector<double>();
}

// Receives the seconds of each instruction.
double* read_times(const Napi::Value& value, std::size_t instructions) {
  const std::optional<Elements> times = elements_of(value.Env(), value);
  expect(times.has_value(), "times must be a Float64Array");
  expect(times->type == napi_float64_array && times->length >= instructions && (times->data || !instructions),
         "times must be a Float64Array with a place for each instruction");
  return static_cast<double*>(times->data);
}

// The scalar kernels use no BLAS: they show what any machine computes.
MatrixProduct product_for(const PlayerOptions& options) {
  return options.blas && std::string("scalar") != options.set->name ? blas().product : nullptr;
}

}  // namespace

Napi::Function PlayerObject::define(Napi::Env env) {
  return DefineClass(env, "Player",
                     {InstanceMethod<&PlayerObject::compile>("compile"), InstanceMethod<&PlayerObject::play>("play"),
                      InstanceMethod<&PlayerObject::close>("close"), InstanceAccessor<&PlayerObject::isa>("isa"),
                      InstanceAccessor<&PlayerObject::threads>("threads")});
}

PlayerObject::PlayerObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PlayerObject>(info), env_(info.Env()) {
  guarded(env_, [&]() -> Napi::Value {
    const PlayerOptions options = read_options(info[0]);
    player_ = std::make_unique<Player>(*options.set, product_for(options), options.precision, options.threads);
    napi_add_env_cleanup_hook(env_, at_exit, this);
    return env_.Undefined();
  });
}

PlayerObject::~PlayerObject() {
  if (!player_) return;
  napi_remove_env_cleanup_hook(env_, at_exit, this);
  player_.reset();
}

// The environment ends, and the threads must end with it. It deletes its references itself.
void PlayerObject::at_exit(void* self) { static_cast<PlayerObject*>(self)->player_.reset(); }

void PlayerObject::release() {
  if (!player_) return;
  napi_remove_env_cleanup_hook(env_, at_exit, this);
  player_.reset();
  weights_.clear();
}

Player& PlayerObject::open_player() {
  if (!player_) throw Failure{"ERR_CLOSED", "the player has been closed"};
  return *player_;
}

std::size_t PlayerObject::program_id(const Napi::Value& value) {
  const double id = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  expect(id >= 0 && id < static_cast<double>(weights_.size()) && std::floor(id) == id, "there is no such program");
  return static_cast<std::size_t>(id);
}

Napi::Value PlayerObject::compile(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    // Reading runs getters, which may close the player. Therefore the player is checked afterwards.
    ProgramSpec spec = read_program(info[0]);
    const BoundArray weights = read_array(info.Env(), info[1]);
    expect(!weights.other && weights.dtype == DType::kFloat32, "weights must be a Float32Array");
    const std::size_t id = open_player().compile(std::move(spec), static_cast<std::int64_t>(weights.length));
    use_huge_pages(weights.data, sizeof(float) * weights.length);
    weights_.push_back(Napi::Persistent(info[1].As<Napi::Object>()));
    return Napi::Number::New(info.Env(), static_cast<double>(id));
  });
}

Napi::Value PlayerObject::play(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::vector<double> rows = read_rows(info[1]);
    Player& player = open_player();
    const std::size_t id = program_id(info[0]);
    const int threads = read_threads(info[2], player.threads());
    double* times = nullptr;
    if (!info[3].IsUndefined()) times = read_times(info[3], player.program(id).spec().instructions.size());
    const BoundArray weights = read_array(info.Env(), weights_[id].Value());
    const std::vector<BoundArray> arrays = read_arrays(info, 4);
    player.play(id, rows, arrays, weights, threads, times);
    return info.Env().Undefined();
  });
}

Napi::Value PlayerObject::close(const Napi::CallbackInfo& info) {
  release();
  return info.Env().Undefined();
}

Napi::Value PlayerObject::isa(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value { return Napi::String::New(info.Env(), open_player().set().name); });
}

Napi::Value PlayerObject::threads(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value { return Napi::Number::New(info.Env(), open_player().threads()); });
}

}  // namespace glassformer
