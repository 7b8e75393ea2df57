// A program as src/engine/backend/interface/backend.ts describes it, and the check that it fits together.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/dtype.h"
#include "core/limits.h"
#include "core/op.h"
#include "kernels/call.h"

namespace glassformer {

enum class Kind { kWeight, kBound, kPlanned };

struct TensorSpec {
  std::string name;
  Kind kind;
  DType dtype;
  std::int64_t symbol;  // −1: rows are a constant
  std::int64_t rows;
  std::int64_t width;
  std::int64_t offset;
  std::int64_t start;  // bound: elements of the array before the tensor begins
  Encoding encoding;
};

struct OperandSpec {
  std::int64_t tensor;  // −1: left out
  std::int64_t column;
  std::int64_t width;
};

struct InstructionSpec {
  std::string op;
  std::vector<OperandSpec> inputs;
  std::vector<OperandSpec> outputs;
  std::vector<double> attributes;
  const Op* rule = nullptr;  // set by validate
};

struct BindingSpec {
  std::string name;
  bool written;
};

struct ProgramSpec {
  std::string name;
  std::vector<std::string> symbols;
  std::vector<std::int64_t> regions;  // floats per row of each symbol; last: floats of constant tensors
  std::vector<TensorSpec> tensors;
  std::vector<BindingSpec> bindings;
  std::vector<InstructionSpec> instructions;
};

// 'encoder, instruction 3 (linear): '
std::string place_of(const ProgramSpec& program, std::size_t instruction);

// Throws ERR_SHAPE unless `play` can rely on every index, column, offset, operand and attribute; finds the ops' rules.
void validate(ProgramSpec& program, std::int64_t weights);

}  // namespace glassformer
