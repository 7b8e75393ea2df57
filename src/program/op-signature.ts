import type { OpRow } from './instruction.ts'
import { optionalName } from './op.ts'

/**
 * What native code relies on of a row: the names, order and flags of its operands and attributes in one line, such as
 * `embed(table: encoded, tokens: integers, positions?: integers, positionTable?; scale: number, positionOffset: integer) -> embedded`.
 * The addon says the same of its own (native/core/op.cc); they are compared when it is loaded.
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
