import { rowPlaces, type SourceIds } from '../../base/choices/position-kinds.ts'
import { present } from '../../base/present.ts'
import type { TokenPair } from '../../engine/decode/step/index.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import type { Instruction } from '../../engine/program/instructions/instruction.ts'
import type { Program } from '../../engine/program/program.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { TracedTensor, TracedTokenShares } from '../data/trace.ts'
import type { PlayedTensor } from './direct.ts'

/** The input of one side of the model: the scaled embedding of each token, and what positions add to it. */
interface SideEmbeddings {
  /** The tensor of both together, in the program. */
  name: string
  embedding: Float32Array
  positions: Float32Array
  /** Numbers in each row. */
  width: number
}

export type InputSide = 'source' | 'prefix'

/** The embeddings of source and prefix, from which gradients are taken. */
export class StackEmbeddings {
  readonly sides: readonly InputSide[]
  readonly #of = new Map<InputSide, SideEmbeddings>()

  /** `p`: the recorded whole model; `weights` are in float32. */
  constructor(p: Program, weights: Weights, { source }: TokenPair, inputs: readonly number[]) {
    this.sides = isDecoderOnly(weights.config) ? ['prefix'] : ['source', 'prefix']
    for (const side of this.sides) {
      const stack = side === 'source' ? 'encoder' : 'decoder'
      const made = p.instructions.find(({ op, path }) => op.name === 'embed' && path.join('.') === stack)
      if (!made) continue
      const embedding = embeddingsOf(made, weights, side === 'source' ? source : inputs)
      const hasRows = side === 'source' && weights.config.rowWidth !== undefined
      if (hasRows) addRows(embedding, weights, source)
      const name = hasRows ? 'encoder.rows.sum' : made.outputs[0].name
      const { width } = made.outputs[0]
      this.#of.set(side, { name, width, embedding, positions: new Float32Array(embedding.length) })
    }
  }

  /** The tensors of the program that `read` needs. */
  get names(): string[] {
    return Array.from(this.#of.values(), ({ name }) => name)
  }

  /** Takes what positions add from the sums of both. */
  read(tensor: (name: string) => PlayedTensor): void {
    for (const { name, embedding, positions } of this.#of.values()) {
      const { values } = tensor(name)
      for (let i = 0; i < values.length; i++) positions[i] = values[i] - embedding[i]
    }
  }

  /** The input of the stacks where embeddings are multiplied by these factors, and positions are as they are. */
  at(source: number, prefix: number): { source: Float32Array; prefix: Float32Array } {
    const scaled = (side: InputSide, factor: number) => {
      const of = this.#of.get(side)
      return of ? of.embedding.map((value, i) => factor * value + of.positions[i]) : new Float32Array(0)
    }
    return { source: scaled('source', source), prefix: scaled('prefix', prefix) }
  }

  /** Gradients times embeddings, added up for each token. */
  shares(gradients: { source: Float32Array; prefix: Float32Array }, ...sides: InputSide[]): TracedTokenShares {
    const shares: TracedTokenShares = { source: [], prefix: [] }
    for (const side of sides.length ? sides : this.sides) {
      const of = this.#of.get(side)
      if (of) shares[side] = products(gradients[side], of.embedding, of.width)
    }
    return shares
  }

  /** The gradients of several steps as tensors [steps, tokens, dModel]. */
  tensors(all: readonly { source: Float32Array; prefix: Float32Array }[]): Record<string, TracedTensor> {
    return Object.fromEntries(
      Array.from(this.#of, ([side, { width }]) => {
        const size = all[0][side].length
        const values = new Float32Array(all.length * size)
        for (const [i, each] of all.entries()) values.set(each[side], i * size)
        return [`gradient.${side}`, { shape: [all.length, size / width, width], values }]
      }),
    )
  }
}

function embeddingsOf({ inputs, attributes }: Instruction, weights: Weights, tokens: readonly number[]): Float32Array {
  const { name, width } = present(inputs[0])
  const table = weights.get(name)
  const scale = Math.fround(attributes.scale as number)
  const values = new Float32Array(tokens.length * width)
  for (const [row, token] of tokens.entries())
    for (let i = 0; i < width && token >= 0; i++) values[row * width + i] = scale * table[token * width + i]
  return values
}

/** Adds what the linear makes of rows of real numbers, in place of their embeddings. */
function addRows(embedding: Float32Array, weights: Weights, ids: SourceIds): void {
  const { dModel, rowWidth = 0 } = weights.config
  const matrix = weights.get('encoder.rows.weight')
  for (const [row, place] of rowPlaces(ids).entries())
    for (let i = 0; i < dModel; i++)
      for (let j = 0; j < rowWidth; j++)
        embedding[place * dModel + i] += matrix[i * rowWidth + j] * present(ids.rows)[row * rowWidth + j]
}

/** Σ gradient · embedding of each row. */
const products = (gradient: Float32Array, embedding: Float32Array, width: number): number[] =>
  Array.from({ length: embedding.length / width }, (_, row) => {
    let sum = 0
    for (let i = row * width; i < (row + 1) * width; i++) sum += gradient[i] * embedding[i]
    return sum
  })
