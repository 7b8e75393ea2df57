// An op as the core sees it: the operands of its row, and the functions of native/ops/NAME.cc.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/dtype.h"
#include "kernels/kernels.h"

namespace glassformer {

// kOptional: the operand may be left out. kIntegers: it holds integers. kWritten: the op writes to it. kEncoded: it may
// be an encoded weight. kNarrow: it may be bfloat16 instead of float32.
enum OperandFlag : unsigned { kOptional = 1, kIntegers = 2, kWritten = 4, kEncoded = 8, kNarrow = 16 };

struct OperandRule {
  const char* name;
  unsigned flags = 0;

  bool has(OperandFlag flag) const { return (flags & flag) != 0; }
};

struct Attribute {
  // kNumber is any finite number, kCount an integer from 1 on, kWord the place of a word in `words`.
  enum Kind { kNumber, kInteger, kCount, kBoolean, kWord };

  const char* name;
  Kind kind;
  std::vector<const char*> words;
};

// The shape of an operand before rows are bound. Its rows are a symbol, or the constant `rows` where symbol is −1.
struct Shape {
  bool given = false;
  std::int64_t symbol = -1;
  std::int64_t rows = 0;
  std::int64_t width = 0;
  DType dtype = DType::kFloat32;
};

// A call whose operands have no memory yet, and pointers to its operands, in the order of the op's row.
struct NewCall {
  std::shared_ptr<Call> call;
  std::vector<Matrix*> inputs;
  std::vector<Matrix*> outputs;
};

// How a call is cut. kAnyParts: into any number of independent parts. kOnePerThread: into one part for each thread, and
// the parts meet at barriers. kByKernel: the kernel cuts the call itself.
enum class Parallelism { kAnyParts, kOnePerThread, kByKernel };

struct Op {
  const char* name;
  std::vector<OperandRule> inputs;
  std::vector<OperandRule> outputs;
  std::vector<Attribute> attributes;
  Kernel Kernels::*kernel;
  NewCall (*make)(const std::vector<double>& attributes);
  // Throws ERR_SHAPE unless the operands fit together.
  void (*shape)(const std::vector<Shape>& inputs, const std::vector<Shape>& outputs, const std::vector<double>& attributes) = nullptr;
  // Checks ids, spans and offsets before anything is written; null where the op has none. The rows and the integers of
  // `call` are bound.
  void (*check)(const Call& call) = nullptr;
  // Floats of scratch memory that each thread needs; null for none.
  std::int64_t (*scratch)(const Call& call) = nullptr;
  // Nanoseconds that one thread takes, to an order of magnitude. Short calls are not cut into parts.
  double (*work)(const Call& call) = nullptr;
  // Floats of memory that all `threads` threads share; null for none.
  std::int64_t (*common)(const Call& call, int threads) = nullptr;
  Parallelism parallelism = Parallelism::kAnyParts;
  // Whether each row of the output depends only on weights and on the same row of the other operands.
  bool by_rows = false;
};

// Null for an unknown name.
const Op* find_op(const std::string& name);
const std::vector<const Op*>& all_ops();

// The op's signature, as src/engine/program/declaration.ts writes it: names, order and flags of operands and
// attributes.
std::string signature_of(const Op& op);

// Throws ERR_SHAPE.
void validate_attribute(const Attribute& attribute, double value);

// The op's row in the op table; generated/rows.h specializes it.
template <template <class> class Operands>
struct Row;

// An op, built from functions of native/ops/NAME.cc, which address operands and attributes by name.
template <template <class> class Operands>
class Definition : public Op {
  using Args = Operands<Matrix>;
  using Shapes = Operands<Shape>;
  static const Args& args(const Call& call) { return static_cast<const Args&>(call); }

 public:
  explicit Definition(Kernel Kernels::*kernel)
      : Op{Row<Operands>::kName, Row<Operands>::inputs(), Row<Operands>::outputs(), Row<Operands>::attributes(), kernel, make_call} {}

  template <void (*rule)(const Shapes&)>
  Definition& with_shape() {
    shape = [](const std::vector<Shape>& inputs, const std::vector<Shape>& outputs, const std::vector<double>& attributes) {
      Shapes shapes;
      Row<Operands>::set(shapes, attributes.data());
      const std::vector<Shape*> to_inputs = Row<Operands>::inputs_of(shapes);
      const std::vector<Shape*> to_outputs = Row<Operands>::outputs_of(shapes);
      for (std::size_t i = 0; i < inputs.size(); i++) *to_inputs[i] = inputs[i];
      for (std::size_t i = 0; i < outputs.size(); i++) *to_outputs[i] = outputs[i];
      rule(shapes);
    };
    return *this;
  }
  template <void (*rule)(const Args&)>
  Definition& with_check() {
    check = [](const Call& call) { rule(args(call)); };
    return *this;
  }
  template <std::int64_t (*floats)(const Args&)>
  Definition& with_scratch() {
    scratch = [](const Call& call) { return floats(args(call)); };
    return *this;
  }
  template <std::int64_t (*floats)(const Args&, int threads)>
  Definition& with_common() {
    common = [](const Call& call, int threads) { return floats(args(call), threads); };
    return *this;
  }
  template <double (*nanoseconds)(const Args&)>
  Definition& with_work() {
    work = [](const Call& call) { return nanoseconds(args(call)); };
    return *this;
  }
  Definition& with_parallelism(Parallelism how) {
    parallelism = how;
    return *this;
  }
  Definition& is_by_rows() {
    by_rows = true;
    return *this;
  }

 private:
  static NewCall make_call(const std::vector<double>& attributes) {
    auto made = std::make_shared<Args>();
    Row<Operands>::set(*made, attributes.data());
    return {made, Row<Operands>::inputs_of(*made), Row<Operands>::outputs_of(*made)};
  }
};

}  // namespace glassformer
