import type { WeightStore } from '../backend/interface/backend.ts'
import type { OpRow } from './instructions/instruction.ts'
import { optionalName } from './instructions/op.ts'

/**
 * The role of a weight in its model. It decides how the weight may be stored, and its values before training.
 * - `matrix`: the weight of a linear layer, [outputs, inputs] as PyTorch has it;
 * - `convolution`: the same of a convolution, which stays float32 (a small part of a model, in front of all others);
 * - `embedding`: a row for each token, which the output projection may multiply with too;
 * - `positions`: a row for each position, added to embeddings;
 * - `distances`: a row for each distance of query and key, added to keys or values;
 * - `router`: a row for each expert, whose scores choose among experts; it stays float32 and begins as zeros;
 * - `rows`: the linear that embeds rows of real numbers; it stays float32, and begins as N(0, 1 / width);
 * - `codebook`: the entries of a vector quantization, which training moves without gradients; they stay float32;
 * - `gain` and `bias`: one row, of a norm or a linear layer.
 */
export type Role =
  | 'matrix'
  | 'convolution'
  | 'embedding'
  | 'positions'
  | 'distances'
  | 'router'
  | 'rows'
  | 'codebook'
  | 'gain'
  | 'bias'

/** A weight [rows, width] as the model declares it where it uses it. */
export interface Declaration {
  rows: number
  width: number
  role: Role
  /**
   * Modules beside the declaring one whose weights lie in this weight, equal in size and one after the other: rows of a matrix, columns of
   * a bias. These weights are stored and trained under their own names, and played as one weight.
   */
  parts?: readonly string[]
  /** Whether each part is multiplied by itself, as experts are: an encoded one must begin with a whole panel of rows. */
  areApart?: boolean
  /**
   * Rows read side by side by a convolution: columns are [taps, width / taps]. Files of other software hold [width / taps, taps].
   */
  taps?: number
}

/**
 * The store in which a program's weights lie. A store that collects declarations receives what the model declares, in the order of
 * recording.
 */
export interface DeclaredWeights extends WeightStore {
  declare?(name: string, declaration: Declaration): void
}

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
