#include "addon/spec_reader.h"

#include <cmath>
#include <string>

#include "core/failure.h"

namespace glassformer {

namespace {

Napi::Value checked(const Napi::Value& value, Napi::Env env) {
  if (env.IsExceptionPending()) throw Pending{};
  return value;
}

Napi::Object object_of(const Napi::Value& value, const char* what) {
  expect(value.IsObject(), std::string(what) + " must be an object");
  return value.As<Napi::Object>();
}

std::string read_string(const Napi::Object& object, const char* key) {
  const Napi::Value value = get(object, key);
  expect(value.IsString(), std::string(key) + " must be a string");
  return value.As<Napi::String>().Utf8Value();
}

// Reads an integer that a double holds exactly.
std::int64_t as_integer(const Napi::Value& value, const char* what) {
  expect(value.IsNumber(), std::string(what) + " must be a number");
  const double number = value.As<Napi::Number>().DoubleValue();
  expect(std::floor(number) == number && std::abs(number) <= 9007199254740991.0,
         std::string(what) + " must be an integer, not " + std::to_string(number));
  return static_cast<std::int64_t>(number);
}

std::int64_t read_integer(const Napi::Object& object, const char* key) { return as_integer(get(object, key), key); }

// Calls read(element) for each element of an array, each in its own handle scope.
template <class Read>
void for_each(const Napi::Value& value, const char* what, Read read) {
  expect(value.IsArray(), std::string(what) + " must be an array");
  const Napi::Array array = value.As<Napi::Array>();
  for (std::uint32_t i = 0; i < array.Length(); i++) {
    const Napi::HandleScope scope(value.Env());
    read(checked(array.Get(i), value.Env()));
  }
}

Kind read_kind(const Napi::Object& tensor) {
  const std::string kind = read_string(tensor, "kind");
  if (kind == "weight") return Kind::kWeight;
  if (kind == "bound") return Kind::kBound;
  expect(kind == "planned", "a tensor cannot be of kind '" + kind + "'");
  return Kind::kPlanned;
}

DType read_dtype(const Napi::Object& tensor) {
  const std::string dtype = read_string(tensor, "dtype");
  if (dtype == "float32") return DType::kFloat32;
  if (dtype == "bfloat16") return DType::kBfloat16;
  expect(dtype == "int32", "a tensor cannot have the dtype '" + dtype + "'");
  return DType::kInt32;
}

Encoding read_encoding(const Napi::Object& tensor) {
  const std::string encoding = read_string(tensor, "encoding");
  if (encoding == "float32") return Encoding::kFloat32;
  if (encoding == "float32panels") return Encoding::kFloat32Panels;
  if (encoding == "bfloat16") return Encoding::kBfloat16;
  if (encoding == "int4") return Encoding::kInt4;
  expect(encoding == "int8", "a tensor cannot have the encoding '" + encoding + "'");
  return Encoding::kInt8;
}

TensorSpec read_tensor(const Napi::Value& value) {
  const Napi::Object o = object_of(value, "a tensor");
  return {read_string(o, "name"),  read_kind(o),           read_dtype(o),           read_integer(o, "symbol"),
          read_integer(o, "rows"), read_integer(o, "width"), read_integer(o, "offset"),
          read_integer(o, "start"), read_encoding(o)};
}

OperandSpec read_operand(const Napi::Value& value) {
  const Napi::Object o = object_of(value, "an operand");
  return {read_integer(o, "tensor"), read_integer(o, "column"), read_integer(o, "width")};
}

InstructionSpec read_instruction(const Napi::Value& value) {
  const Napi::Object o = object_of(value, "an instruction");
  InstructionSpec instruction;
  instruction.op = read_string(o, "op");
  for_each(get(o, "inputs"), "inputs", [&](const Napi::Value& v) { instruction.inputs.push_back(read_operand(v)); });
  for_each(get(o, "outputs"), "outputs", [&](const Napi::Value& v) { instruction.outputs.push_back(read_operand(v)); });
  instruction.attributes = read_numbers(get(o, "attributes"), "attributes");
  return instruction;
}

BindingSpec read_binding(const Napi::Value& value) {
  const Napi::Object o = object_of(value, "a binding");
  const Napi::Value written = get(o, "written");
  expect(written.IsBoolean(), "written must be true or false");
  return {read_string(o, "name"), written.As<Napi::Boolean>().Value()};
}

}  // namespace

Napi::Value get(const Napi::Object& object, const char* key) { return checked(object.Get(key), object.Env()); }

ProgramSpec read_program(const Napi::Value& value) {
  const Napi::Object o = object_of(value, "a program");
  ProgramSpec spec;
  spec.name = read_string(o, "name");
  for_each(get(o, "symbols"), "symbols", [&](const Napi::Value& v) {
    expect(v.IsString(), "a symbol must be a string");
    spec.symbols.push_back(v.As<Napi::String>().Utf8Value());
  });
  for_each(get(o, "regions"), "regions", [&](const Napi::Value& v) { spec.regions.push_back(as_integer(v, "a region")); });
  for_each(get(o, "tensors"), "tensors", [&](const Napi::Value& v) { spec.tensors.push_back(read_tensor(v)); });
  for_each(get(o, "bindings"), "bindings", [&](const Napi::Value& v) { spec.bindings.push_back(read_binding(v)); });
  for_each(get(o, "instructions"), "instructions",
           [&](const Napi::Value& v) { spec.instructions.push_back(read_instruction(v)); });
  spec.cached_floats = read_integer(o, "cachedFloats");
  return spec;
}

std::vector<double> read_numbers(const Napi::Value& value, const char* what) {
  std::vector<double> numbers;
  for_each(value, what, [&](const Napi::Value& v) {
    expect(v.IsNumber(), std::string(what) + " must be numbers");
    numbers.push_back(v.As<Napi::Number>().DoubleValue());
  });
  return numbers;
}

std::optional<Elements> elements_of(napi_env env, napi_value value) {
  // A type that no operand accepts. It stays where Node.js has no name for the array's type, as was once the case for
  // Float16Array.
  Elements elements = {napi_uint8_clamped_array, nullptr, 0};
  // Fails for any other value. Napi::TypedArray would ask for an ArrayBuffer, which a SharedArrayBuffer is not.
  if (napi_get_typedarray_info(env, value, &elements.type, &elements.length, &elements.data, nullptr, nullptr) != napi_ok)
    return std::nullopt;
  return elements;
}

namespace {

std::optional<DType> dtype_of(napi_typedarray_type type) {
  if (type == napi_float32_array) return DType::kFloat32;
  if (type == napi_int32_array) return DType::kInt32;
  if (type == napi_uint16_array) return DType::kBfloat16;
  return std::nullopt;
}

}  // namespace

BoundArray read_array(napi_env env, napi_value value) {
  const std::optional<Elements> array = elements_of(env, value);
  if (!array) return {nullptr, 0, DType::kFloat32, true};
  const std::optional<DType> dtype = dtype_of(array->type);
  return {array->data, array->data ? array->length : 0, dtype.value_or(DType::kFloat32), !dtype};
}

std::vector<BoundArray> read_arrays(const Napi::CallbackInfo& info, std::size_t first) {
  std::vector<BoundArray> arrays;
  arrays.reserve(info.Length());
  for (std::size_t i = first; i < info.Length(); i++) arrays.push_back(read_array(info.Env(), info[i]));
  return arrays;
}

}  // namespace glassformer
