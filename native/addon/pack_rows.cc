#include "addon/pack_rows.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <system_error>
#include <thread>
#include <vector>

#include "addon/guarded.h"
#include "addon/spec_reader.h"
#include "core/failure.h"
#include "core/machine.h"
#include "core/memory.h"
#include "core/pack.h"
#include "core/packed_layout.h"

namespace glassformer {

namespace {

Elements read_elements(const Napi::Value& value, napi_typedarray_type wanted, const char* what) {
  const std::optional<Elements> elements = elements_of(value.Env(), value);
  expect(elements && elements->type == wanted && (elements->data || !elements->length), what);
  return *elements;
}

std::int64_t count_of(const Elements& elements) { return static_cast<std::int64_t>(elements.length); }

// At most 2^31, so that the product of two such numbers fits 64 bits.
std::int64_t read_count(const Napi::Value& value, const char* what) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  expect(number >= 0 && number <= 2147483648.0 && std::floor(number) == number, what);
  return static_cast<std::int64_t>(number);
}

constexpr char kPacked[] =
    "a packed weight must be { encoding: 'int8', values, scales, sums, depth }, { encoding: 'int4', values, scales, depth }, or "
    "{ encoding: 'bfloat16' or 'float32panels', values, depth }";

// The memory layout of each encoding's values.
struct Values {
  const char* name;
  Encoding encoding;
  napi_typedarray_type type;
  // A row takes `words` words of 32 bits for every `inputs` values.
  std::int64_t inputs;
  std::int64_t words;
};
constexpr Values kValues[] = {{"int8", Encoding::kInt8, napi_int8_array, 4, 1},
                              {"int4", Encoding::kInt4, napi_int32_array, kInt4Inputs, kInt4Words},
                              {"bfloat16", Encoding::kBfloat16, napi_uint16_array, 2, 1},
                              {"float32panels", Encoding::kFloat32Panels, napi_float32_array, 1, 1}};

struct Packed {
  std::string encoding;
  Napi::Value values, scales, sums, depth;
};

Packed read_packed(const Napi::Value& value) {
  expect(value.IsObject(), kPacked);
  const Napi::Object packed = value.As<Napi::Object>();
  const Napi::Value encoding = get(packed, "encoding");
  expect(encoding.IsString(), kPacked);
  return {encoding.As<Napi::String>().Utf8Value(), get(packed, "values"), get(packed, "scales"), get(packed, "sums"),
          get(packed, "depth")};
}

// The packed rows, checked to contain rows [first, first + count) of `width` values.
PackedRows rows_of(const Packed& packed, std::int64_t first, std::int64_t count, std::int64_t width) {
  const Values* kind = kValues;
  while (kind != std::end(kValues) && packed.encoding != kind->name) kind++;
  expect(kind != std::end(kValues), kPacked);
  const std::int64_t depth = read_count(packed.depth, "depth must be a number of values");
  const Elements values = read_elements(packed.values, kind->type, kPacked);
  const std::int64_t words = depth / kind->inputs * kind->words;
  const std::int64_t in_word = kind->encoding == Encoding::kInt4 ? 1 : kind->inputs;  // elements of the array
  expect(depth > 0 && depth % kind->inputs == 0 && width <= depth && count_of(values) % (words * in_word * kPackedOutputs) == 0,
         "a packed weight must be whole panels that are as deep as its rows are wide");
  expect(reinterpret_cast<std::uintptr_t>(values.data) % 4 == 0, "a packed weight must begin at a multiple of 4 bytes");
  const std::int64_t lanes = count_of(values) / (words * in_word);
  expect(first <= lanes && count <= lanes - first, "a packed weight has no such rows");
  PackedRows rows{kind->encoding, static_cast<std::int32_t*>(values.data), words, nullptr, nullptr};
  if (kind->encoding != Encoding::kInt8 && kind->encoding != Encoding::kInt4) return rows;
  expect(width <= kMostInt8Width, std::string("a row of so many values cannot be packed as ") + kind->name + ", take another encoding");
  const Elements scales = read_elements(packed.scales, napi_float32_array, kPacked);
  expect(count_of(scales) >= lanes, "a packed weight must have a scale for each row");
  rows.scales = static_cast<float*>(scales.data);
  if (kind->encoding == Encoding::kInt4) return rows;
  const Elements sums = read_elements(packed.sums, napi_int32_array, kPacked);
  expect(count_of(sums) >= lanes, "a packed weight must have a scale and a sum for each row");
  rows.sums = static_cast<std::int32_t*>(sums.data);
  return rows;
}

// One thread packs fewer integers than this alone, because starting another takes some 20 µs.
constexpr std::int64_t kAlone = std::int64_t{1} << 19;
constexpr std::int64_t kMostThreads = 4;

// The same number for int4, whose scales are searched for in 20 ns a value.
constexpr std::int64_t kAloneInSearch = std::int64_t{1} << 14;

// Calls pack_some(begin, end) for rows of `count`, on several threads if they have at least `alone` values. The first
// row is row `first` of its weight. Each thread writes whole panels: the system zeros the pages of a new store when
// they are first written, which takes as long as packing.
template <class Pack>
void pack_in_parts(std::int64_t first, std::int64_t count, std::int64_t width, std::int64_t alone, Pack pack_some) {
  const std::int64_t parts = count * width < alone ? 1 : std::clamp<std::int64_t>(usable_cores(), 1, kMostThreads);
  const std::int64_t each = (count / parts + kPackedOutputs - 1) / kPackedOutputs * kPackedOutputs;
  const auto pack = [&](std::int64_t begin, std::int64_t end) {
    if (begin < end) pack_some(begin, end);
  };
  // The first part ends at the end of a panel.
  std::int64_t begin = std::min(count, each - first % kPackedOutputs);
  const std::int64_t own = begin;
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(parts));
  for (; begin < count && static_cast<std::int64_t>(threads.size()) < parts - 1; begin += each) {
    const std::int64_t end = std::min(count, begin + each);
    try {
      threads.emplace_back(pack, begin, end);
    } catch (const std::system_error&) {
      break;  // no more threads: this one packs the rest
    }
  }
  pack(0, own);
  pack(begin, count);
  for (std::thread& thread : threads) thread.join();
}

std::int64_t width_of(const Elements& values, std::int64_t count) {
  const std::int64_t length = count_of(values);
  expect(count ? length % count == 0 : length == 0, "values must be whole rows");
  return count ? length / count : 0;
}

}  // namespace

Napi::Value first_multiple_call(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Elements memory = read_elements(info[0], napi_uint8_array, "memory must be a Uint8Array");
    const auto step = static_cast<std::uintptr_t>(read_count(info[1], "step must be a number of bytes"));
    expect(step > 0, "step must be a number of bytes");
    const std::uintptr_t past = reinterpret_cast<std::uintptr_t>(memory.data) % step;
    return Napi::Number::New(info.Env(), static_cast<double>(past ? step - past : 0));
  });
}

Napi::Value prepare_call(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Elements store = read_elements(info[0], napi_float32_array, "a store must be a Float32Array");
    prepare_huge_pages(store.data, sizeof(float) * store.length);
    return info.Env().Undefined();
  });
}

Napi::Value pack_rows_call(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Packed packed = read_packed(info[0]);
    const std::int64_t first = read_count(info[1], "first must be the number of a row");
    const std::int64_t count = read_count(info[2], "count must be a number of rows");
    const Elements values = read_elements(info[3], napi_float32_array, "values must be a Float32Array");
    const std::int64_t width = width_of(values, count);
    const PackedRows rows = rows_of(packed, first, count, width);
    const auto* floats = static_cast<const float*>(values.data);
    const std::int64_t alone = rows.encoding == Encoding::kInt4 ? kAloneInSearch : INT64_MAX;
    pack_in_parts(first, count, width, alone, [&](std::int64_t begin, std::int64_t end) {
      pack_rows(rows, first + begin, end - begin, width, floats + begin * width);
    });
    return info.Env().Undefined();
  });
}

Napi::Value pack_quantized_call(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Packed packed = read_packed(info[0]);
    const std::int64_t first = read_count(info[1], "first must be the number of a row");
    const Elements values = read_elements(info[2], napi_int8_array, "values must be an Int8Array");
    const Elements scales = read_elements(info[3], napi_float32_array, "scales must be a Float32Array");
    const std::int64_t count = count_of(scales);
    const std::int64_t width = width_of(values, count);
    const PackedRows rows = rows_of(packed, first, count, width);
    expect(rows.encoding == Encoding::kInt8, "only int8 weights are packed from integers");
    const auto* integers = static_cast<const std::int8_t*>(values.data);
    const auto* of_rows = static_cast<const float*>(scales.data);
    pack_in_parts(first, count, width, kAlone, [&](std::int64_t begin, std::int64_t end) {
      pack_quantized(rows, first + begin, end - begin, width, integers + begin * width, of_rows + begin);
    });
    return info.Env().Undefined();
  });
}

Napi::Value pack_int4_call(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Packed packed = read_packed(info[0]);
    const std::int64_t first = read_count(info[1], "first must be the number of a row");
    const std::int64_t count = read_count(info[2], "count must be a number of rows");
    const Elements values = read_elements(info[3], napi_uint8_array, "integers must be a Uint8Array");
    const Elements scales = read_elements(info[4], napi_float32_array, "scales must be a Float32Array");
    const std::int64_t groups = width_of(scales, count);
    expect(count_of(values) == count * int4_bytes(groups), "integers must be 16 bytes for each scale");
    // The last group of a row may reach past the weight's width.
    const std::int64_t width = groups > 0 ? (groups - 1) * kInt4Group + 1 : 0;
    const PackedRows rows = rows_of(packed, first, count, width);
    expect(rows.encoding == Encoding::kInt4, "only int4 weights are packed from groups of integers");
    const auto* integers = static_cast<const std::uint8_t*>(values.data);
    const auto* of_groups = static_cast<const float*>(scales.data);
    pack_in_parts(first, count, width, kAlone, [&](std::int64_t begin, std::int64_t end) {
      pack_int4(rows, first + begin, end - begin, groups, integers + begin * int4_bytes(groups), of_groups + begin * groups);
    });
    return info.Env().Undefined();
  });
}

}  // namespace glassformer
