#include "core/program.h"

#include "core/failure.h"
#include "core/packed_layout.h"

namespace glassformer {

namespace {

bool in_range(std::int64_t value, std::int64_t low, std::int64_t high) { return low <= value && value <= high; }

void validate_regions(const ProgramSpec& program) {
  expect(program.regions.size() == program.symbols.size() + 1,
         program.name + ": there must be one region for each symbol and one for constant rows");
  for (const std::int64_t floats : program.regions)
    expect(in_range(floats, 0, kMostFloats), program.name + ": a region of " + std::to_string(floats) + " floats");
}

void validate_place(const ProgramSpec& program, const TensorSpec& t, std::int64_t weights) {
  const std::string where = program.name + ", tensor " + t.name + ": ";
  if (t.kind == Kind::kBound) {
    expect(t.offset < static_cast<std::int64_t>(program.bindings.size()), where + "there is no such binding");
    return;
  }
  if (t.kind == Kind::kWeight) {
    expect(t.dtype == DType::kFloat32 && t.symbol < 0, where + "a weight is float32 with constant rows");
    expect(t.encoding == Encoding::kFloat32 || t.offset % kPackedOutputs == 0, where + "it begins inside a cache line");
    expect((t.encoding != Encoding::kInt8 && t.encoding != Encoding::kInt4) || t.width <= kMostInt8Width,
           where + "int8 and int4 weights are at most " + std::to_string(kMostInt8Width) + " wide, take another encoding");
    expect(t.offset + packed_layout(t.encoding, t.rows, t.width).size <= weights, where + "it ends past the last weight");
    return;
  }
  const std::int64_t size = t.symbol < 0 ? t.rows * t.width : t.width;
  const std::int64_t region = t.symbol < 0 ? program.regions.back() : program.regions[t.symbol];
  expect(t.offset + size <= region, where + "it ends past its region");
}

void validate_tensor(const ProgramSpec& program, const TensorSpec& t, std::int64_t weights) {
  const std::string where = program.name + ", tensor " + t.name + ": ";
  expect(in_range(t.symbol, -1, static_cast<std::int64_t>(program.symbols.size()) - 1), where + "no such symbol");
  expect(in_range(t.rows, 0, kMostRows), where + "rows are out of range");
  expect(in_range(t.width, 1, kMostRows), where + "width is out of range");
  expect(in_range(t.offset, 0, kMostFloats), where + "offset is out of range");
  expect(in_range(t.start, 0, t.kind == Kind::kBound ? kMostFloats : 0), where + "start is out of range");
  expect(t.rows * t.width <= kMostFloats, where + "it is too large");
  expect(t.kind == Kind::kWeight || t.encoding == Encoding::kFloat32, where + "only a weight can be encoded");
  expect(t.kind == Kind::kBound || t.dtype != DType::kBfloat16, where + "only what is bound can be of dtype bfloat16");
  validate_place(program, t, weights);
}

void validate_operand(const ProgramSpec& program, const OperandSpec& operand, const std::string& what, bool optional) {
  if (operand.tensor == -1) return expect(optional, what + " is missing");
  expect(in_range(operand.tensor, 0, static_cast<std::int64_t>(program.tensors.size()) - 1), what + " is no tensor");
  const TensorSpec& t = program.tensors[operand.tensor];
  expect(in_range(operand.column, 0, t.width) && in_range(operand.width, 1, t.width - operand.column),
         what + " has columns outside of " + t.name);
}

// An op writes only to memory that programs may write.
void validate_written(const ProgramSpec& program, const OperandSpec& operand, const std::string& what) {
  if (operand.tensor < 0) return;
  const TensorSpec& t = program.tensors[operand.tensor];
  expect(t.kind != Kind::kWeight, what + " would write to the weight " + t.name);
  expect(t.kind != Kind::kBound || program.bindings[t.offset].written, what + " would write to " + t.name);
}

// An encoded weight is read as a whole, by a kernel that can read it.
void validate_encoding(const TensorSpec& t, const OperandSpec& operand, const std::string& what, bool allowed) {
  if (t.encoding == Encoding::kFloat32) return;
  expect(allowed, what + " cannot be the encoded weight " + t.name);
  expect(operand.column == 0 && operand.width == t.width, what + " must be all columns of the encoded weight " + t.name);
}

// Integers are checked before the program is played, so no instruction may write them.
void validate_integers(const ProgramSpec& program, const OperandSpec& operand, const std::string& what) {
  const TensorSpec& t = program.tensors[operand.tensor];
  expect(t.kind == Kind::kBound && !program.bindings[t.offset].written,
         what + " must be bound and not written by the program, " + t.name + " is not");
}

DType dtype_of(const OperandRule& rule) { return rule.has(kIntegers) ? DType::kInt32 : DType::kFloat32; }

void validate_input(const ProgramSpec& program, const OperandSpec& operand, const OperandRule& input) {
  const std::string what = std::string("input ") + input.name;
  validate_operand(program, operand, what, input.has(kOptional));
  if (operand.tensor < 0) return;
  const DType dtype = program.tensors[operand.tensor].dtype;
  expect(dtype == dtype_of(input) || (dtype == DType::kBfloat16 && input.has(kNarrow)), what + " has the wrong dtype");
  validate_encoding(program.tensors[operand.tensor], operand, what, input.has(kEncoded));
  if (input.has(kIntegers)) validate_integers(program, operand, what);
  if (input.has(kWritten)) validate_written(program, operand, what);
}

void validate_output(const ProgramSpec& program, const OperandSpec& operand, const OperandRule& output) {
  const std::string what = std::string("output ") + output.name;
  validate_operand(program, operand, what, false);
  expect(program.tensors[operand.tensor].dtype == dtype_of(output), what + " has the wrong dtype");
  validate_written(program, operand, what);
}

Shape shape_of(const ProgramSpec& program, const OperandSpec& operand) {
  if (operand.tensor < 0) return {};
  const TensorSpec& t = program.tensors[operand.tensor];
  return {true, t.symbol, t.symbol < 0 ? t.rows : 0, operand.width, t.dtype};
}

void validate_instruction(const ProgramSpec& program, InstructionSpec& instruction) {
  const Op* rule = find_op(instruction.op);
  expect(rule, "there is no such op");
  expect(instruction.inputs.size() == rule->inputs.size(),
         std::to_string(instruction.inputs.size()) + " inputs instead of " + std::to_string(rule->inputs.size()));
  const std::size_t outputs = instruction.outputs.size();
  expect(outputs <= rule->outputs.size(), "too many outputs");
  for (std::size_t i = outputs; i < rule->outputs.size(); i++) expect(rule->outputs[i].has(kOptional), "an output is missing");
  expect(instruction.attributes.size() == rule->attributes.size(), "a wrong number of attributes");
  std::vector<Shape> input_shapes;
  std::vector<Shape> output_shapes;
  for (std::size_t i = 0; i < rule->inputs.size(); i++) {
    validate_input(program, instruction.inputs[i], rule->inputs[i]);
    input_shapes.push_back(shape_of(program, instruction.inputs[i]));
  }
  for (std::size_t i = 0; i < outputs; i++) {
    validate_output(program, instruction.outputs[i], rule->outputs[i]);
    output_shapes.push_back(shape_of(program, instruction.outputs[i]));
  }
  for (std::size_t i = 0; i < rule->attributes.size(); i++) validate_attribute(rule->attributes[i], instruction.attributes[i]);
  rule->shape(input_shapes, output_shapes, instruction.attributes);
  instruction.rule = rule;
}

}  // namespace

std::string place_of(const ProgramSpec& program, std::size_t instruction) {
  return program.name + ", instruction " + std::to_string(instruction) + " (" + program.instructions[instruction].op + "): ";
}

void validate(ProgramSpec& program, std::int64_t weights) {
  validate_regions(program);
  expect(in_range(program.cached_floats, 0, kMostFloats), program.name + ": cachedFloats is out of range");
  for (const TensorSpec& t : program.tensors) validate_tensor(program, t, weights);
  for (std::size_t i = 0; i < program.instructions.size(); i++)
    located([&] { return place_of(program, i); }, [&] { validate_instruction(program, program.instructions[i]); });
}

}  // namespace glassformer
