#include "core/bound_program.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

#include "core/failure.h"
#include "core/packed_layout.h"
#include "kernels/scratch.h"

namespace glassformer {

namespace {

std::int64_t in_lines(std::int64_t floats) { return rounded_up(floats, kLine / sizeof(float)); }

const char* array_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return "a Float32Array";
    case DType::kInt32: return "an Int32Array";
    case DType::kBfloat16: break;
  }
  return "a Uint16Array";
}

std::int64_t element_size(DType dtype) { return dtype == DType::kBfloat16 ? 2 : 4; }

// A step reads two thirds of the weights. Caches drop weights that are larger than this before the next step reads them
// again.
constexpr std::int64_t kPartlyCachedFloats = 25000000;

std::string counted(std::int64_t count, const char* what) { return std::to_string(count) + " " + what; }

}  // namespace

BoundProgram::BoundProgram(ProgramSpec spec, std::int64_t weights, const InstructionSet& set, MatrixProduct product,
                           Precision precision, int threads)
    : spec_(std::move(spec)), weights_(static_cast<std::size_t>(weights)) {
  validate(spec_, weights);
  steps_.resize(spec_.instructions.size());
  rows_.resize(spec_.symbols.size());
  region_begin_.resize(spec_.regions.size() + 1);
  const Setting setting = {product, precision, set.cpu, weights > spec_.cached_floats,
                           weights > kPartlyCachedFloats};
  for (std::size_t i = 0; i < steps_.size(); i++) {
    const InstructionSpec& instruction = spec_.instructions[i];
    steps_[i].kernel = set.kernels->*(instruction.rule->kernel);
    steps_[i].parallelism = instruction.rule->parallelism;
    NewCall made = instruction.rule->make(instruction.attributes);
    static_cast<Setting&>(*made.call) = setting;
    steps_[i].call = std::move(made.call);
    steps_[i].inputs = std::move(made.inputs);
    steps_[i].outputs = std::move(made.outputs);
  }
  row_step_.resize(spec_.regions.size());
  if (threads > 1) find_by_rows();
  collect_places();
  collect_call_shapes();
}

// Interleaves the tensors of a region where threads play runs of instructions by rows. Tensors share memory with
// tensors that are no longer needed. While one thread is at a later instruction than another, it must not write to
// memory that holds other rows, so that each row of the region holds that row of all tensors.
void BoundProgram::find_by_rows() {
  const auto symbol_of = [&](std::size_t i) { return spec_.tensors[spec_.instructions[i].outputs.front().tensor].symbol; };
  for (std::size_t i = steps_.size(); i-- > 0;) {
    if (!is_by_rows(spec_.instructions[i])) continue;
    const bool continues = i + 1 < steps_.size() && steps_[i + 1].by_rows > 0 && symbol_of(i + 1) == symbol_of(i);
    steps_[i].by_rows = continues ? steps_[i + 1].by_rows + 1 : 1;
    // The step from row to row is an odd number of cache lines, because rows a power of two apart would share few sets
    // of the caches.
    if (continues) row_step_[symbol_of(i)] = in_lines(spec_.regions[symbol_of(i)]) | kLine / sizeof(float);
  }
}

bool BoundProgram::is_by_rows(const InstructionSpec& instruction) const {
  if (!instruction.rule->by_rows) return false;
  const TensorSpec& output = spec_.tensors[instruction.outputs.front().tensor];
  if (output.kind != Kind::kPlanned || output.symbol < 0) return false;
  for (std::size_t j = 0; j < instruction.inputs.size(); j++) {
    if (instruction.inputs[j].tensor < 0) continue;
    const TensorSpec& t = spec_.tensors[instruction.inputs[j].tensor];
    // Threads share products with unencoded weights in another way.
    const bool fits = instruction.rule->inputs[j].has(kEncoded) ? t.encoding != Encoding::kFloat32
                                                            : t.kind == Kind::kWeight || t.symbol == output.symbol;
    if (!fits) return false;
  }
  return true;
}

void BoundProgram::collect_places() {
  std::vector<Place> places;
  for (std::size_t i = 0; i < spec_.tensors.size(); i++) {
    const TensorSpec& t = spec_.tensors[i];
    places.push_back({static_cast<std::int64_t>(i), t.symbol, t.width, t.offset, t.start, t.dtype, false, -1});
  }
  const auto add = [&](const OperandSpec& operand, Matrix& matrix, bool integers) {
    if (operand.tensor < 0) return;
    const TensorSpec& t = spec_.tensors[operand.tensor];
    matrix.width = operand.width;
    const bool interleaved = t.kind == Kind::kPlanned && t.symbol >= 0 && row_step_[t.symbol];
    matrix.stride = interleaved ? row_step_[t.symbol] : t.width;
    matrix.encoding = t.encoding;
    places[operand.tensor].operands.push_back({&matrix, operand.column});
    if (integers) places[operand.tensor].integers = true;
  };
  for (std::size_t i = 0; i < steps_.size(); i++) {
    const InstructionSpec& instruction = spec_.instructions[i];
    for (std::size_t j = 0; j < instruction.inputs.size(); j++)
      add(instruction.inputs[j], *steps_[i].inputs[j], instruction.rule->inputs[j].has(kIntegers));
    for (std::size_t j = 0; j < instruction.outputs.size(); j++)
      add(instruction.outputs[j], *steps_[i].outputs[j], false);
  }
  for (Place& place : places) {
    const Kind kind = spec_.tensors[place.tensor].kind;
    (kind == Kind::kWeight ? in_weights_ : kind == Kind::kBound ? bound_ : planned_).push_back(std::move(place));
  }
}

// Groups instructions by everything that checks read of their operands, which is all but the address of their floats.
void BoundProgram::collect_call_shapes() {
  std::map<std::pair<const Op*, std::vector<double>>, std::size_t> numbers;
  std::vector<std::size_t> number_of;
  for (std::size_t i = 0; i < steps_.size(); i++) {
    const InstructionSpec& instruction = spec_.instructions[i];
    std::vector<double> seen = instruction.attributes;
    const auto see = [&](const OperandSpec& operand) {
      const auto see_all = [&](std::initializer_list<std::int64_t> values) { seen.insert(seen.end(), values.begin(), values.end()); };
      if (operand.tensor < 0) return see_all({-1});
      const TensorSpec& t = spec_.tensors[operand.tensor];
      if (t.dtype == DType::kInt32) see_all({operand.tensor, operand.column});
      see_all({t.symbol, t.rows, t.width, operand.width, static_cast<std::int64_t>(t.encoding),
               static_cast<std::int64_t>(t.dtype)});
    };
    for (const OperandSpec& input : instruction.inputs) see(input);
    for (const OperandSpec& output : instruction.outputs) see(output);
    const auto [found, is_new] = numbers.try_emplace({instruction.rule, std::move(seen)}, call_shapes_.size());
    if (is_new) call_shapes_.push_back({i, 0});
    number_of.push_back(found->second);
  }
  for (std::size_t i = 0; i < steps_.size(); i++) steps_[i].call_shape = &call_shapes_[number_of[i]];
}

void BoundProgram::bind(const BoundArray& weights, const std::vector<double>& rows, const std::vector<BoundArray>& arrays,
                        Memory& arena) {
  check_weights(weights);
  check_rows(rows);
  check_arrays(arrays);
  if (!regions_placed_) place_regions();
  place_planned(static_cast<float*>(arena.reserve(sizeof(float) * (region_begin_.back() + 1))));
  place_weights(static_cast<float*>(weights.data));
  place_bound(arrays);
}

void BoundProgram::check_weights(const BoundArray& weights) const {
  if (weights.length < weights_) refuse(spec_.name + ": its weights are gone, their buffer was shrunk or transferred");
}

void BoundProgram::check_rows(const std::vector<double>& rows) {
  if (rows.size() != rows_.size())
    refuse(spec_.name + ": rows are given for " + counted(rows.size(), "symbols, it has ") + std::to_string(rows_.size()));
  for (std::size_t i = 0; i < rows.size(); i++) {
    if (!(rows[i] >= 0 && rows[i] <= kMostRows && std::floor(rows[i]) == rows[i]))
      refuse(spec_.name + ": " + spec_.symbols[i] + " cannot be " + std::to_string(rows[i]));
    const std::int64_t count = static_cast<std::int64_t>(rows[i]);
    if (count != rows_[i] && spec_.regions[i]) regions_placed_ = false;
    rows_[i] = count;
  }
}

void BoundProgram::check_arrays(const std::vector<BoundArray>& arrays) const {
  if (arrays.size() != spec_.bindings.size())
    refuse(spec_.name + ": " + counted(arrays.size(), "arrays are given, ") + counted(spec_.bindings.size(), "are bound"));
  for (const Place& place : bound_) {
    const BoundArray& array = arrays[place.offset];
    const auto refuse_array = [&](const std::string& what) { refuse(spec_.name + ": " + spec_.tensors[place.tensor].name + what); };
    if (array.other || array.dtype != place.dtype)
      refuse_array(std::string(" must be ") + array_of(place.dtype));
    const std::int64_t needed = place.start + row_count(place) * place.width;
    if (static_cast<std::int64_t>(array.length) < needed)
      refuse_array(" has " + counted(array.length, "values, ") + counted(needed, "are needed"));
  }
}

void BoundProgram::place_regions() {
  std::int64_t end = 0;
  for (std::size_t i = 0; i < spec_.regions.size(); i++) {
    region_begin_[i] = end;
    std::int64_t size;
    const std::int64_t rows = i < rows_.size() ? rows_[i] : 1;
    if (__builtin_mul_overflow(std::max(spec_.regions[i], row_step_[i]), rows, &size) || size > kMostFloats - end)
      refuse_size(spec_.name + ": the arena would be larger than any memory");
    end += in_lines(size);
  }
  region_begin_.back() = end;
  in_arena_ = nullptr;
  regions_placed_ = true;
}

void BoundProgram::place_planned(float* arena) {
  if (arena == in_arena_) return;
  for (Place& place : planned_) {
    const bool constant = place.symbol < 0;
    const std::size_t region = constant ? spec_.symbols.size() : static_cast<std::size_t>(place.symbol);
    relocate(place, arena + region_begin_[region] + place.offset * (constant || row_step_[region] ? 1 : rows_[region]));
  }
  in_arena_ = arena;
}

// Weights are never written: see validate_written.
void BoundProgram::place_weights(float* weights) {
  if (weights == in_store_) return;
  for (Place& place : in_weights_) relocate(place, weights + place.offset);
  in_store_ = weights;
}

// Integers are copied before they are checked, so that neither the program nor another thread can change them during
// the play.
void BoundProgram::place_bound(const std::vector<BoundArray>& arrays) {
  std::int64_t total = 0;
  for (const Place& place : bound_)
    if (place.integers) total += in_lines(row_count(place) * place.width);
  // There is one line more than needed, so that an empty tensor has an address too: a null pointer marks an operand
  // that is left out.
  auto* to = static_cast<std::int32_t*>(integer_memory_.reserve(sizeof(std::int32_t) * total + kLine));
  for (Place& place : bound_) {
    auto* from = static_cast<char*>(arrays[place.offset].data) + place.start * element_size(place.dtype);
    if (!place.integers) {
      relocate(place, from);
      continue;
    }
    const std::int64_t count = row_count(place) * place.width;
    if (count) std::memcpy(to, from, sizeof(std::int32_t) * count);
    relocate(place, to);
    to += in_lines(count);
  }
}

std::int64_t BoundProgram::row_count(const Place& place) const {
  return place.symbol < 0 ? spec_.tensors[place.tensor].rows : rows_[place.symbol];
}

// Leaves a tensor alone whose address and number of rows have not changed.
void BoundProgram::relocate(Place& place, void* at) {
  const std::int64_t rows = row_count(place);
  if (at == place.at && rows == place.rows) return;
  for (const Operand& operand : place.operands) {
    operand.matrix->rows = rows;
    set_pointers(*operand.matrix, place, at, rows ? operand.column : 0);  // no columns may be added to null
  }
  place.at = at;
  place.rows = rows;
}

void BoundProgram::set_pointers(Matrix& matrix, const Place& place, void* at, std::int64_t column) const {
  const TensorSpec& t = spec_.tensors[place.tensor];
  auto* floats = static_cast<float*>(at);
  auto* integers = static_cast<std::int32_t*>(at);
  if (t.encoding != Encoding::kFloat32) {
    const PackedLayout layout = packed_layout(t.encoding, t.rows, t.width);
    matrix.packed = at;
    if (t.encoding != Encoding::kInt8 && t.encoding != Encoding::kInt4) return;
    matrix.scales = floats + layout.scales;
    if (t.encoding == Encoding::kInt4) return;
    matrix.sums = integers + layout.sums;
    matrix.multipliers = floats + layout.multipliers;
  } else if (place.integers) {
    matrix.integers = integers + column;
  } else if (t.dtype == DType::kInt32) {
    matrix.integers_out = integers + column;
  } else if (t.dtype == DType::kBfloat16) {
    matrix.halves = static_cast<Bfloat16*>(at) + column;
  } else {
    matrix.floats = floats + column;
  }
}

Scratch BoundProgram::check(int threads) {
  Scratch scratch = {0, 0};
  for (CallShape& shape : call_shapes_) {
    const Call& call = *steps_[shape.first].call;
    const Op& rule = *spec_.instructions[shape.first].rule;
    if (rule.check) located([&] { return place_of(spec_, shape.first); }, [&] { rule.check(call); });
    shape.work = rule.work(call);
    if (rule.scratch) scratch.each = std::max(scratch.each, rule.scratch(call));
    if (rule.common) scratch.common = std::max(scratch.common, rule.common(call, threads));
  }
  return {in_lines(scratch.each), scratch.common};
}

}  // namespace glassformer
