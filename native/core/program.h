// A program as src/engine/backend/interface/backend.ts describes it, and the check that its parts fit together.
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
  std::int64_t symbol;  // −1 where rows are a constant
  std::int64_t rows;
  std::int64_t width;
  std::int64_t offset;
  std::int64_t start;  // bound: elements of the array before the tensor begins
  Encoding encoding;
};

struct OperandSpec {
  std::int64_t tensor;  // −1 where the operand is left out
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
  std::vector<std::int64_t> regions;  // floats per row of each symbol, and then the floats of constant tensors
  std::vector<TensorSpec> tensors;
  std::vector<BindingSpec> bindings;
  std::vector<InstructionSpec> instructions;
  std::int64_t cached_floats;  // of weights, which caches keep from one play to the next
};

// The beginning of a message: 'encoder, instruction 3 (linear): '
std::string place_of(const ProgramSpec& program, std::size_t instruction);

// Finds the rules of the ops, and throws ERR_SHAPE unless a play can rely on every index, column, offset, operand and
// attribute.
void validate(ProgramSpec& program, std::int64_t weights);

}  // namespace glassformer
