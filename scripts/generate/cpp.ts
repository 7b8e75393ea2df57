/** The files of native/generated/: operands and attributes of every op by name, for C++, and the lists of its ops and kernels. */
import type { AttributeRule, OpRow } from '#dist/engine/program/instructions/instruction.js'
import { HEAD, pascal, optionalName as plain, snake } from './names.ts'

/** A list wrapped into short lines. */
function wrapped(items: readonly string[], indent: string): string {
  const lines = ['']
  for (const item of items) {
    const line = lines.at(-1)
    if (line && `${indent}${line} ${item}`.length > 120) lines.push(item)
    else lines[lines.length - 1] = line ? `${line} ${item}` : item
  }
  return lines.join(`\n${indent}`)
}
const listed = (items: readonly string[], indent: string) =>
  wrapped(
    items.map((item, i) => (i < items.length - 1 ? `${item},` : item)),
    indent,
  )

/** The enumerations of word attributes: attributes with the same name have the same words in all ops. */
function enumerations(rows: readonly OpRow[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const { name: op, attributes } of rows)
    for (const [name, rule] of Object.entries(attributes)) {
      if (typeof rule === 'string') continue
      const words = rule.map((word) => `k${pascal(word)}`).join(', ')
      if (found.has(name) && found.get(name) !== words)
        throw new Error(`${op}: attribute ${name} has other words in another op`)
      found.set(name, words)
    }
  return found
}

const TYPES = { number: 'double', integer: 'std::int64_t', count: 'std::int64_t', boolean: 'bool' }
const typeOf = (name: string, rule: AttributeRule) => (typeof rule === 'string' ? TYPES[rule] : pascal(name))

function operandStruct({ name, inputs, outputs, attributes }: OpRow): string {
  const line = (operands: readonly string[]) =>
    operands.length ? [`  Operand ${listed(operands.map(plain).map(snake), '      ')};`] : []
  const rules = Object.entries(attributes).map(([each, rule]) => `  ${typeOf(each, rule)} ${snake(each)};`)
  return [
    'template <class Operand>',
    `struct ${pascal(name)}Operands : Operands<Operand> {`,
    ...line(inputs),
    ...line(outputs),
    ...rules,
    '};',
    `using ${pascal(name)}Args = ${pascal(name)}Operands<Matrix>;`,
  ].join('\n')
}

function operandsHeader(rows: readonly OpRow[]): string {
  const words = [...enumerations(rows)].map(([name, list]) => `enum ${pascal(name)} { ${list} };`)
  const kernels = rows.map(({ name }) => `X(${snake(name)}, ${pascal(name)}Args)`)
  const each = wrapped(kernels, '  ').replaceAll('\n', ' \\\n')
  return `${HEAD}//
// The arguments of each op's kernel: inputs, outputs and attributes. Plain data, for kernels of every instruction set.
#pragma once
#include <cstdint>

#include "kernels/call.h"

namespace glassformer {

${words.join('\n')}

${rows.map(operandStruct).join('\n\n')}

// X(name, args) for each op.
#define GLASSFORMER_EACH_KERNEL(X) \\
  ${each}

}  // namespace glassformer
`
}

function flagsOf(row: OpRow, declared: string): string {
  const name = plain(declared)
  const flags = [
    declared !== name && 'kOptional',
    row.integers?.includes(name) && 'kIntegers',
    row.writes?.includes(name) && 'kWritten',
    row.encoded?.includes(name) && 'kEncoded',
    row.narrow?.includes(name) && 'kNarrow',
  ].filter(Boolean)
  return `{"${name}"${flags.length ? `, ${flags.join(' | ')}` : ''}}`
}

function rule(name: string, kind: AttributeRule): string {
  if (typeof kind !== 'string') return `{"${name}", Attribute::kWord, {${kind.map((word) => `"${word}"`).join(', ')}}}`
  return `{"${name}", Attribute::k${pascal(kind)}, {}}`
}

function assignment(name: string, kind: AttributeRule): string {
  const type = typeOf(name, kind)
  if (type === 'double') return `    o.${snake(name)} = *value++;`
  if (type === 'bool') return `    o.${snake(name)} = *value++ != 0;`
  const integer = type.startsWith('std::') ? '*value++' : 'static_cast<int>(*value++)'
  return `    o.${snake(name)} = static_cast<${type}>(${integer});`
}

function opRow(row: OpRow): string {
  const { name, inputs, outputs, attributes } = row
  const type = `${pascal(name)}Operands`
  const places = (operands: readonly string[]) =>
    `{${listed(
      operands.map(plain).map((each) => `&o.${snake(each)}`),
      '            ',
    )}}`
  const rules = Object.entries(attributes)
  const each = (items: readonly string[]) => `{${listed(items, '            ')}}`
  const setter = rules.length
    ? [
        '  template <class T>',
        `  static void set(${type}<T>& o, const double* value) {`,
        ...rules.map((r) => assignment(...r)),
        '  }',
      ]
    : ['  template <class T>', `  static void set(${type}<T>&, const double*) {}`]
  const pointers = (kind: string, operands: readonly string[]) => [
    '  template <class T>',
    `  static std::vector<T*> ${kind}_of(${type}<T>&${operands.length ? ' o' : ''}) {`,
    `    return ${places(operands)};`,
    '  }',
  ]
  return [
    `using ${pascal(name)}Shapes = ${type}<Shape>;`,
    'template <>',
    `struct Row<${type}> {`,
    `  static constexpr const char* kName = "${name}";`,
    `  static std::vector<OperandRule> inputs() {`,
    `    return ${each(inputs.map((input) => flagsOf(row, input)))};`,
    '  }',
    `  static std::vector<OperandRule> outputs() {`,
    `    return ${each(outputs.map((output) => flagsOf(row, output)))};`,
    '  }',
    `  static std::vector<Attribute> attributes() {`,
    `    return ${each(rules.map((r) => rule(...r)))};`,
    '  }',
    ...pointers('inputs', inputs),
    ...pointers('outputs', outputs),
    ...setter,
    '};',
    `extern const Op ${snake(name)}_op;`,
  ].join('\n')
}

function rowsHeader(rows: readonly OpRow[]): string {
  return `${HEAD}//
// The rows of the op table, for the core: names, order and flags of operands and attributes, and the place of each in
// the op's arguments.
#pragma once
#include <vector>

#include "core/op.h"
#include "generated/operands.h"

namespace glassformer {

${rows.map(opRow).join('\n\n')}

}  // namespace glassformer
`
}

function listSource(rows: readonly OpRow[]): string {
  const names = rows.map(({ name }) => `${snake(name)}_op`)
  return `${HEAD}//
// All ops: each is defined in native/ops/.
#include "generated/rows.h"

namespace glassformer {

const std::vector<const Op*>& all_ops() {
  static const std::vector<const Op*> ops = {
      ${listed(
        names.map((name) => `&${name}`),
        '      ',
      )}};
  return ops;
}

}  // namespace glassformer
`
}

/** The files of native/generated/, by name, for these rows. */
export const cppFiles = (rows: readonly OpRow[]): Record<string, string> => ({
  'operands.h': operandsHeader(rows),
  'rows.h': rowsHeader(rows),
  'ops.cc': listSource(rows),
})
