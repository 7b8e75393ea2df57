import './ops/activation.ts'
import './ops/adafactor.ts'
import './ops/adam.ts'
import './ops/add.ts'
import './ops/attention.ts'
import './ops/average.ts'
import './ops/average-step.ts'
import './ops/balance.ts'
import './ops/cached-attention.ts'
import './ops/candidates.ts'
import './ops/cross-entropy.ts'
import './ops/depthwise.ts'
import './ops/depthwise-step.ts'
import './ops/distillation.ts'
import './ops/dropout.ts'
import './ops/embed.ts'
import './ops/fold.ts'
import './ops/gated-activation.ts'
import './ops/gated-sum.ts'
import './ops/gates.ts'
import './ops/head-off.ts'
import './ops/layer-norm.ts'
import './ops/linear.ts'
import './ops/listed-candidates.ts'
import './ops/log-softmax.ts'
import './ops/low-rank.ts'
import './ops/mixture.ts'
import './ops/move-codebook.ts'
import './ops/norm-weight-gradient.ts'
import './ops/quantize.ts'
import './ops/ranged-candidates.ts'
import './ops/rms-norm.ts'
import './ops/rotate.ts'
import './ops/router-loss.ts'
import './ops/semantic-hash.ts'
import './ops/side-attention.ts'
import './ops/softmax.ts'
import './ops/ssru.ts'
import './ops/ssru-step.ts'
import './ops/sum-of-squares.ts'
import './ops/token-log-probability.ts'
import './ops/windows.ts'
import './ops/write-cache.ts'
import type { OpRow } from './instructions/instruction.ts'
import { opTable, optionalName } from './instructions/op.ts'

// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.

/** Importing this file fills the op table with every op. */

export { opTable }

/** The signatures that an addon must have to play every op. */
export const opSignatures = (): string[] => [...opTable.values()].map(opSignature)

/**
 * The part of a row on which native code relies: the names, order and flags of its operands and attributes in one line, such as
 * `embed(table: encoded, tokens: integers, positions?: integers, positionTable?; scale: number, positionOffset: integer) -> embedded`. The
 * addon has such a line for each of its ops (native/core/op.cc), and both are compared when it is loaded.
 */
function opSignature(row: OpRow): string {
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
