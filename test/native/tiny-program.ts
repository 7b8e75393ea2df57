import type { ProgramSpec, TensorArray, WeightStore } from '#dist/engine/backend/interface/backend.js'
import { NativePlayer, type NativePlayerOptions } from '#dist/engine/backend/native/player.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import { attention } from '#dist/engine/program/ops/attention.js'
import { candidates } from '#dist/engine/program/ops/candidates.js'
import { embed } from '#dist/engine/program/ops/embed.js'
import { layerNorm } from '#dist/engine/program/ops/layer-norm.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'

export const ops = opSignatures()

export const makePlayer = (options: Omit<NativePlayerOptions, 'ops'> = {}) => new NativePlayer({ ops, ...options })

/** Shapes of the weights of `tinyProgram`. */
const shapes: Record<string, [rows: number, width: number]> = {
  embedding: [50, 24],
  positions: [700, 24],
  queryKeyValue: [72, 24],
  out: [24, 24],
  bias: [1, 24],
  gamma: [1, 24],
  beta: [1, 24],
}

/** Numbers in [−1, 1) that depend only on their index. */
export function numbers(count: number, buffer: ArrayBufferLike = new ArrayBuffer(count * 4)): Float32Array {
  const values = new Float32Array(buffer, 0, count)
  let state = 12345
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    values[i] = state / 2 ** 31 - 1
  }
  return values
}

/** The weights of `tinyProgram`, one after the other; `Buffer` makes the memory. */
export function tinyWeights(Buffer: typeof ArrayBuffer | typeof SharedArrayBuffer = ArrayBuffer): WeightStore {
  const places = new Map<string, ReturnType<WeightStore['place']>>()
  let size = 0
  for (const [name, [rows, width]] of Object.entries(shapes)) {
    places.set(name, { offset: size, rows, width, encoding: 'float32' })
    size += rows * width
  }
  return { values: numbers(size, new Buffer(size * 4)), place: (name) => places.get(name)! }
}

/** One encoder layer over tokens of many sentences, then the best tokens of the vocabulary for each token. */
export function tinyProgram(store: WeightStore): ProgramSpec {
  const p = new Program('tiny', store)
  const weight = (name: string) => p.weight(name)
  const tokens = p.input('tokens', 'S', 1, 'int32')
  const positions = p.input('at', 'S', 1, 'int32')
  const sentences = p.input('sentences', 'B', 2, 'int32')
  const edits = p.input('edits', 'E', 3, 'int32')
  const values = p.input('values', 'E', 1)
  const [x] = embed(
    p,
    { table: weight('embedding'), tokens, positions, positionTable: weight('positions') },
    { scale: 2, positionOffset: 0 },
  )
  const [packed] = linear(p, { x, weight: weight('queryKeyValue') }, { activation: 'none', scale: 1 })
  const [q, k, v] = packed.columns(3)
  const shape = { heads: 2, scale: 0.3, causal: true, every: 1, traced: false, dropout: 0, site: 0 }
  const [z] = attention(p, { q, k, v, queries: sentences, keys: sentences }, shape)
  const [h] = linear(
    p,
    { x: z, weight: weight('out'), bias: weight('bias'), residual: x },
    { activation: 'gelu', scale: 0.5 },
  )
  const [normed] = layerNorm(p, { x: h, gamma: weight('gamma'), beta: weight('beta') }, { epsilon: 1e-5 })
  const projection = { x: normed, weight: weight('embedding') }
  const [scores, ids] = candidates(p, { ...projection, edits, values }, { normalize: 'before', scale: 1 })
  p.output(normed, 'normed')
  p.output(scores, 'scores')
  p.output(ids, 'ids')
  return p.compile()
}

export interface TinyCall {
  rows: Float64Array
  arrays: TensorArray[]
  /** The array bound under a name. */
  array(name: string): TensorArray
}

/** A call of `tinyProgram` with this many sentences of `length` tokens and `best` candidates for each token. */
export function tinyCall(spec: ProgramSpec, sentences: number, length: number, best = 3): TinyCall {
  const tokenCount = sentences * length
  const count: Record<string, number> = { S: tokenCount, B: sentences, E: 2, C: tokenCount * best }
  const made: Record<string, TensorArray> = {
    tokens: Int32Array.from({ length: tokenCount }, (_, i) => ((i * 7) % 51) - 1),
    at: Int32Array.from({ length: tokenCount }, (_, i) => i % length),
    sentences: Int32Array.from({ length: 2 * sentences }, (_, i) => ((i >> 1) + (i & 1)) * length),
    edits: Int32Array.of(0, 3, 0, 1, 4, 1),
    values: Float32Array.of(-Infinity, 5),
    normed: new Float32Array(tokenCount * 24).fill(77),
    scores: new Float32Array(count.C).fill(77),
    ids: new Int32Array(count.C).fill(77),
  }
  const array = (name: string) => made[name]
  return {
    rows: Float64Array.from(spec.symbols, (symbol) => count[symbol]),
    arrays: spec.bindings.map(({ name }) => array(name)),
    array,
  }
}

/** The code and message of the error that `action` throws. */
export function refusal(action: () => unknown): { code: unknown; message: string } {
  try {
    action()
  } catch (error) {
    return { code: (error as { code?: unknown }).code, message: (error as Error).message }
  }
  return { code: 'nothing was thrown', message: '' }
}
