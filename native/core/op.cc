#include "core/op.h"

#include <cmath>
#include <cstdlib>

#include "core/failure.h"
#include "core/limits.h"

namespace glassformer {

namespace {

std::string described(const OperandRule& operand) {
  static constexpr struct {
    OperandFlag flag;
    const char* name;
  } kFlags[] = {{kIntegers, "integers"}, {kWritten, "written"}, {kEncoded, "encoded"}, {kNarrow, "narrow"}};
  std::string text = operand.name;
  if (operand.has(kOptional)) text += "?";
  const char* before = ": ";
  for (const auto& [flag, name] : kFlags) {
    if (!operand.has(flag)) continue;
    text += before + std::string(name);
    before = " ";
  }
  return text;
}

std::string described(const Attribute& attribute) {
  static constexpr const char* kKinds[] = {"number", "integer", "count", "boolean"};
  std::string text = attribute.name + std::string(": ");
  if (attribute.kind != Attribute::kWord) return text + kKinds[attribute.kind];
  for (std::size_t i = 0; i < attribute.words.size(); i++) text += (i ? "|" : "") + std::string(attribute.words[i]);
  return text;
}

template <class Item>
std::string listed(const std::vector<Item>& items) {
  std::string text;
  for (const Item& item : items) text += (text.empty() ? "" : ", ") + described(item);
  return text;
}

bool is_integer(double value, double low, double high) { return value >= low && value <= high && std::floor(value) == value; }

bool fits(const Attribute& attribute, double value) {
  switch (attribute.kind) {
    case Attribute::kNumber: break;
    case Attribute::kInteger: return is_integer(value, -1.0 * kMostRows, kMostRows);
    case Attribute::kCount: return is_integer(value, 1, kMostRows);
    case Attribute::kBoolean: return is_integer(value, 0, 1);
    case Attribute::kWord: return is_integer(value, 0, static_cast<double>(attribute.words.size()) - 1);
  }
  return std::isfinite(value);
}

}  // namespace

std::string signature_of(const Op& op) {
  std::string given = listed(op.inputs);
  if (!op.attributes.empty()) given += (given.empty() ? "" : "; ") + listed(op.attributes);
  return std::string(op.name) + "(" + given + ") -> " + (op.outputs.empty() ? "nothing" : listed(op.outputs));
}

void validate_attribute(const Attribute& attribute, double value) {
  expect(fits(attribute, value), std::string("attribute ") + attribute.name + " cannot be " + std::to_string(value));
}

const Op* find_op(const std::string& name) {
  for (const Op* op : all_ops())
    if (name == op->name) return op;
  return nullptr;
}

}  // namespace glassformer
