// The ops that this binary has: the native side of src/program/ops.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/program.h"
#include "kernels/kernels.h"

namespace glassformer {

struct OpInput {
  const char* name;
  DType dtype = DType::kFloat32;
  bool optional = false;
  bool written = false;
  bool encodable = false;  // may be an encoded weight
  bool narrow = false;     // may be bfloat16 in place of float32
};

// Numbers that an attribute may be: any finite one, or an integer from `low` to `high`.
struct OpAttribute {
  const char* name;
  bool integer = false;
  double low = 0;
  double high = 0;
};

void validate_attribute(const OpAttribute& rule, double value);

// What an operand is before rows are bound: a symbol, or (symbol −1) a constant number of rows.
struct Shape {
  bool given;
  std::int64_t symbol;
  std::int64_t rows;
  std::int64_t width;
  DType dtype;
};

struct Shapes {
  std::vector<Shape> inputs;
  std::vector<Shape> outputs;
};

// How a call is cut into parts: into any number of them, into one for each thread, which meet, or by the kernel itself.
enum class Cut { kFreely, kTogether, kItself };

struct OpRule {
  const char* name;
  Kernel Kernels::*kernel;
  std::vector<OpInput> inputs;
  std::vector<OpInput> outputs;
  std::vector<OpAttribute> attributes;
  // Throws ERR_SHAPE unless the operands fit together.
  void (*shape)(const Shapes& shapes, const std::vector<double>& attributes);
  // Looks at ids, spans and offsets before anything is written; null where there are none. Rows and integers of `call` are bound.
  void (*check)(const Call& call);
  // Floats of scratch memory that each thread needs; null for none.
  std::int64_t (*scratch)(const Call& call);
  // About how many nanoseconds one thread takes: too short a call is not cut into parts.
  double (*work)(const Call& call);
  // Floats of memory that so many threads have in common; null for none.
  std::int64_t (*common)(const Call& call, int threads) = nullptr;
  Cut cut = Cut::kFreely;
  // Whether some rows of the output need nothing but weights and the same rows of what else there is.
  bool by_rows = false;
};

// Null for an unknown name.
const OpRule* find_op(const std::string& name);
const std::vector<OpRule>& all_ops();

}  // namespace glassformer
