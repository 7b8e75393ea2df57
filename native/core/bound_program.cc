#include "core/bound_program.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/failure.h"
#include "core/packed_layout.h"

namespace glassformer {

namespace {

std::int64_t in_lines(std::int64_t floats) {
  const std::int64_t line = kLine / sizeof(float);
  return (floats + line - 1) / line * line;
}

std::string counted(std::int64_t count, const char* what) { return std::to_string(count) + " " + what; }

}  // namespace

BoundProgram::BoundProgram(ProgramSpec spec, std::int64_t weights, const InstructionSet& set, MatrixProduct product,
                           Precision precision)
    : spec_(std::move(spec)), weights_(static_cast<std::size_t>(weights)) {
  validate(spec_, weights);
  steps_.resize(spec_.instructions.size());
  read_as_integers_.resize(spec_.tensors.size());
  integers_.resize(spec_.tensors.size());
  rows_.resize(spec_.symbols.size());
  region_begin_.resize(spec_.regions.size() + 1);
  for (std::size_t i = 0; i < steps_.size(); i++) {
    const InstructionSpec& instruction = spec_.instructions[i];
    steps_[i].kernel = set.kernels->*(instruction.rule->kernel);
    steps_[i].cut = instruction.rule->cut;
    steps_[i].call = {};
    steps_[i].call.product = product;
    steps_[i].call.precision = precision;
    steps_[i].call.dots = set.dots;
    std::copy(instruction.attributes.begin(), instruction.attributes.end(), steps_[i].call.attributes);
    for (std::size_t j = 0; j < instruction.inputs.size(); j++)
      if (instruction.rule->inputs[j].dtype == DType::kInt32 && instruction.inputs[j].tensor >= 0)
        read_as_integers_[instruction.inputs[j].tensor] = true;
  }
}

void BoundProgram::check_weights(const BoundArray& weights) const {
  if (weights.length < weights_) refuse(spec_.name + ": its weights are gone, their buffer was shrunk or transferred");
}

void BoundProgram::check(const std::vector<double>& rows, const std::vector<BoundArray>& arrays) {
  check_rows(rows);
  check_arrays(arrays);
  place_regions();
  copy_integers(arrays);
  for (std::size_t i = 0; i < steps_.size(); i++) {
    Step& step = steps_[i];
    const OpRule& rule = *spec_.instructions[i].rule;
    bind_rows(step, spec_.instructions[i]);
    try {
      if (rule.check) rule.check(step.call);
    } catch (Failure& failure) {
      failure.message = place_of(spec_, i) + failure.message;
      throw;
    }
    step.work = rule.work(step.call);
  }
}

void BoundProgram::check_rows(const std::vector<double>& rows) {
  if (rows.size() != rows_.size())
    refuse(spec_.name + ": rows are given for " + counted(rows.size(), "symbols, it has ") + std::to_string(rows_.size()));
  for (std::size_t i = 0; i < rows.size(); i++) {
    if (!(rows[i] >= 0 && rows[i] <= kMostRows && std::floor(rows[i]) == rows[i]))
      refuse(spec_.name + ": " + spec_.symbols[i] + " cannot be " + std::to_string(rows[i]));
    rows_[i] = static_cast<std::int64_t>(rows[i]);
  }
}

void BoundProgram::check_arrays(const std::vector<BoundArray>& arrays) const {
  if (arrays.size() != spec_.bindings.size())
    refuse(spec_.name + ": " + counted(arrays.size(), "arrays are given, ") + counted(spec_.bindings.size(), "are bound"));
  for (const TensorSpec& t : spec_.tensors) {
    if (t.kind != Kind::kBound) continue;
    const BoundArray& array = arrays[t.offset];
    if (array.other || array.dtype != t.dtype)
      refuse(spec_.name + ": " + t.name + " must be a " + (t.dtype == DType::kFloat32 ? "Float32Array" : "Int32Array"));
    const std::int64_t needed = t.start + row_count(t) * t.width;
    if (static_cast<std::int64_t>(array.length) < needed)
      refuse(spec_.name + ": " + t.name + " has " + counted(array.length, "values, ") + counted(needed, "are needed"));
  }
}

void BoundProgram::place_regions() {
  std::int64_t end = 0;
  for (std::size_t i = 0; i < spec_.regions.size(); i++) {
    region_begin_[i] = end;
    std::int64_t size;
    const std::int64_t rows = i < rows_.size() ? rows_[i] : 1;
    if (__builtin_mul_overflow(spec_.regions[i], rows, &size) || size > kMostFloats - end)
      refuse(spec_.name + ": the arena would be larger than any memory");
    end += in_lines(size);
  }
  region_begin_.back() = end;
}

// Integers are copied before they are looked at: nothing that is written while the program is played, by it or by another thread,
// can change them afterwards.
void BoundProgram::copy_integers(const std::vector<BoundArray>& arrays) {
  std::int64_t total = 0;
  for (std::size_t i = 0; i < integers_.size(); i++)
    if (read_as_integers_[i]) total += row_count(spec_.tensors[i]) * spec_.tensors[i].width;
  // One more, so that an empty tensor has an address as well: null says that an operand is left out.
  auto* to = static_cast<std::int32_t*>(integer_memory_.reserve(sizeof(std::int32_t) * (total + 1)));
  for (std::size_t i = 0; i < integers_.size(); i++) {
    if (!read_as_integers_[i]) continue;
    const TensorSpec& t = spec_.tensors[i];
    const std::int64_t count = row_count(t) * t.width;
    if (count) std::memcpy(to, static_cast<const std::int32_t*>(arrays[t.offset].data) + t.start, sizeof(std::int32_t) * count);
    integers_[i] = to;
    to += count;
  }
}

std::int64_t BoundProgram::row_count(const TensorSpec& tensor) const {
  return tensor.symbol < 0 ? tensor.rows : rows_[tensor.symbol];
}

Matrix BoundProgram::rows_of(const OperandSpec& operand) const {
  if (operand.tensor < 0) return {};
  const TensorSpec& t = spec_.tensors[operand.tensor];
  const std::int32_t* integers = integers_[operand.tensor];
  return {nullptr, integers ? integers + operand.column : nullptr, nullptr, row_count(t), operand.width, t.width, t.encoding};
}

void BoundProgram::bind_rows(Step& step, const InstructionSpec& instruction) {
  for (std::size_t i = 0; i < instruction.inputs.size(); i++) step.call.inputs[i] = rows_of(instruction.inputs[i]);
  for (std::size_t i = 0; i < instruction.outputs.size(); i++) step.call.outputs[i] = rows_of(instruction.outputs[i]);
}

void BoundProgram::bind(const float* weights, const std::vector<BoundArray>& arrays, Memory& arena) {
  auto* begin = static_cast<float*>(arena.reserve(sizeof(float) * (region_begin_.back() + 1)));
  for (std::size_t i = 0; i < steps_.size(); i++) {
    const InstructionSpec& instruction = spec_.instructions[i];
    for (std::size_t j = 0; j < instruction.inputs.size(); j++)
      bind_floats(steps_[i].call.inputs[j], instruction.inputs[j], weights, arrays, begin);
    for (std::size_t j = 0; j < instruction.outputs.size(); j++)
      bind_floats(steps_[i].call.outputs[j], instruction.outputs[j], weights, arrays, begin);
  }
}

void BoundProgram::bind_floats(Matrix& matrix, const OperandSpec& operand, const float* weights,
                               const std::vector<BoundArray>& arrays, float* arena) const {
  if (operand.tensor < 0 || matrix.integers) return;
  const TensorSpec& t = spec_.tensors[operand.tensor];
  if (t.encoding != Encoding::kFloat32) return bind_packed(matrix, t, weights + t.offset);
  float* base;
  if (t.kind == Kind::kWeight) base = const_cast<float*>(weights) + t.offset;  // never written: see validate_written
  else if (t.kind == Kind::kBound) base = static_cast<float*>(arrays[t.offset].data) + t.start;
  else if (t.symbol < 0) base = arena + region_begin_[spec_.symbols.size()] + t.offset;
  else base = arena + region_begin_[t.symbol] + t.offset * rows_[t.symbol];
  if (t.dtype == DType::kFloat32) matrix.floats = base + operand.column;
  else matrix.integers_out = reinterpret_cast<std::int32_t*>(base) + operand.column;
}

void BoundProgram::bind_packed(Matrix& matrix, const TensorSpec& tensor, const float* at) {
  const PackedLayout layout = packed_layout(tensor.encoding, tensor.rows, tensor.width);
  matrix.packed = at;
  if (tensor.encoding != Encoding::kInt8) return;
  matrix.scales = at + layout.scales;
  matrix.sums = reinterpret_cast<const std::int32_t*>(at + layout.sums);
}

std::int64_t BoundProgram::scratch() const {
  std::int64_t floats = 0;
  for (std::size_t i = 0; i < steps_.size(); i++)
    if (const auto asked = spec_.instructions[i].rule->scratch) floats = std::max(floats, asked(steps_[i].call));
  return floats;
}

std::int64_t BoundProgram::common(int threads) const {
  std::int64_t floats = 0;
  for (std::size_t i = 0; i < steps_.size(); i++)
    if (const auto asked = spec_.instructions[i].rule->common) floats = std::max(floats, asked(steps_[i].call, threads));
  return floats;
}

}  // namespace glassformer
