import type { OpRow } from './instructions/instruction.ts'
import { optionalName } from './instructions/op.ts'

/**
 * The part of a row on which native code relies: the names, order and flags of its operands and attributes in one line, such as
 * `embed(table: encoded, tokens: integers, positions?: integers, positionTable?; scale: number, positionOffset: integer) -> embedded`. The
 * addon has such a line for each of its ops (native/core/op.cc), and both are compared when it is loaded.
 */
export function opSignature(row: OpRow): string {
  const { integers, writes, encoded, narrow, inputs, outputs, attributes } = row
  const flags = { integers, written: writes, encoded, narrow }
  const operand = (declared: string) => {
    const name = optionalName(declared)
    const held = Object.entries(flags).filter(([, names]) => (names as readonly string[] | undefined)?.includes(name))
    return held.length ? `${declared}: ${held.map(([flag]) => flag).join(' ')}` : declared
  }
  const rules = Object.entries(attributes).map(
    ([name, rule]) => `${name}: ${typeof rule === 'string' ? rule : rule.join('|')}`,
  )
  const given = [inputs.map(operand).join(', '), rules.join(', ')].filter(Boolean).join('; ')
  return `${row.name}(${given}) -> ${outputs.map(operand).join(', ') || 'nothing'}`
}
