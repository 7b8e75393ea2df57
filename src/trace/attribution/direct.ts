import type { Weights } from '../../engine/weights/weights.ts'
import type { TracedShare } from '../data/trace.ts'
import type { ResidualStream, StreamStep } from './residual-stream.ts'

/** Values of a played tensor, [rows, width]. */
export interface PlayedTensor {
  width: number
  values: Float32Array
}

/** A direction of the output projection: the logit of a token, or of a token minus that of its rival. */
export interface Direction {
  token: number
  rival: number | null
}

/** The data that shares are computed from, for one sentence. */
export interface PlayedStream {
  stream: ResidualStream
  /** In float32. */
  weights: Weights
  /** A tensor of the program by its name. */
  tensor(name: string): PlayedTensor
  /** The tokens that the decoder reads. */
  inputs: readonly number[]
}

/**
 * Shares of a logit at one step of the decoder, which add up to it: each head's, each feed-forward network's, those of the
 * embedding and its position, and of every bias on the way. The logit is a linear function of all of them where each
 * norm keeps the standard deviation that it has for this token; the vector that multiplies them is followed back from
 * the output projection (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; nostalgebraist 2020).
 * With `keys`, heads also say what they take from each token.
 */
export function directShares(
  { stream, weights, tensor, inputs }: PlayedStream,
  step: number,
  direction: Direction,
): TracedShare[] {
  const { projection, steps } = stream
  const shares: TracedShare[] = []
  /** The factor of each tensor's row, by the tensor's name. */
  const factors = new Map<string, Float64Array>()
  const contribute = (name: string, factor: Float64Array) => {
    const before = factors.get(name)
    if (!before) factors.set(name, factor)
    else for (let i = 0; i < before.length; i++) before[i] += factor[i]
  }
  const row = (name: string) => {
    const { width, values } = tensor(name)
    return values.subarray(step * width, (step + 1) * width)
  }
  const bias = (part: string, name: string, factor: ArrayLike<number>) =>
    shares.push({ part, kind: 'bias', share: dot(factor, weights.get(name)) })

  contribute(projection.x, projectionRow(weights, projection, direction))
  if (projection.bias) {
    const all = weights.get(projection.bias)
    const share = all[direction.token] - (direction.rival === null ? 0 : all[direction.rival])
    shares.push({ part: 'output', kind: 'bias', share })
  }
  for (const at of steps) {
    const factor = factors.get(at.out)
    if (!factor) continue
    switch (at.kind) {
      case 'sum':
        contribute(at.a, factor.slice())
        contribute(at.b, factor.slice())
        break
      case 'rows':
        contribute(at.x, factor)
        break
      case 'norm':
        if (at.beta) bias(at.name, at.beta, factor)
        contribute(at.x, throughNorm(factor, row(at.x), weights.get(at.gamma), at))
        break
      case 'heads':
        shares.push(...headShares(at, factor, row(at.z), weights, (z) => keyShares(at, z, step, tensor)))
        if (at.output?.bias) bias(`${at.module}.output`, at.output.bias, factor)
        break
      case 'linear': {
        const ofBias = at.bias ? dot(factor, weights.get(at.bias)) : 0
        shares.push({ part: at.module, kind: kindOf(at.module), share: dot(factor, row(at.out)) - ofBias })
        if (at.bias) shares.push({ part: at.module, kind: 'bias', share: ofBias })
        break
      }
      case 'whole':
        shares.push({ part: at.module, kind: kindOf(at.module), share: dot(factor, row(at.out)) })
        break
      case 'embedding': {
        const ofToken = embeddingShare(at, factor, weights, inputs[step])
        shares.push({ part: 'decoder.embedding', kind: 'embedding', share: ofToken })
        shares.push({ part: 'decoder.positions', kind: 'positions', share: dot(factor, row(at.out)) - ofToken })
      }
    }
  }
  return shares
}

/** The row of the projection that makes this logit, or the difference of two. */
export function projectionRow(
  weights: Weights,
  { weight, scale }: { weight: string; scale: number },
  { token, rival }: Direction,
): Float64Array {
  const { width } = weights.place(weight)
  const all = weights.get(weight)
  return Float64Array.from({ length: width }, (_, i) => {
    const own = all[token * width + i]
    return scale * (rival === null ? own : own - all[rival * width + i])
  })
}

const kindOf = (module: string): TracedShare['kind'] => (module.endsWith('feedForward') ? 'feedForward' : 'other')

/** What a norm subtracts from a row, and what it divides by; a norm by the root of the mean square subtracts nothing. */
export function momentsOf(
  x: ArrayLike<number>,
  isCentered: boolean,
  epsilon: number,
): { mean: number; deviation: number } {
  const values = Array.from(x)
  const mean = isCentered ? values.reduce((sum, value) => sum + value, 0) / values.length : 0
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / values.length + epsilon) }
}

/**
 * The factor of the input of a norm whose deviation is held fixed. y = (x − mean) / σ · γ + β has for x the factor
 * (γf − mean(γf)) / σ; a norm by the root of the mean square has no mean.
 */
function throughNorm(
  factor: Float64Array,
  x: Float32Array,
  gamma: Float32Array,
  { beta, epsilon }: StreamStep & { kind: 'norm' },
): Float64Array {
  const d = x.length
  const isCentered = beta !== null
  const { deviation } = momentsOf(x, isCentered, epsilon)
  const scaled = factor.map((value, i) => value * gamma[i])
  const center = isCentered ? scaled.reduce((sum, value) => sum + value, 0) / d : 0
  return scaled.map((value) => (value - center) / deviation)
}

function headShares(
  { module, heads, output }: StreamStep & { kind: 'heads' },
  factor: Float64Array,
  z: Float32Array,
  weights: Weights,
  keysOf: (ofZ: Float64Array) => number[][] | null,
): TracedShare[] {
  const ofZ = output ? transposed(weights, output.weight, factor) : factor
  const dHead = z.length / heads
  const keys = keysOf(ofZ)
  return Array.from({ length: heads }, (_, head) => {
    const [from, to] = [head * dHead, (head + 1) * dHead]
    const own = z.subarray(from, to)
    const share = dot(ofZ.subarray(from, to), own)
    // A head that is off has looked, and takes nothing.
    const taken = keys && (own.every((value) => value === 0) ? keys[head].map(() => 0) : keys[head])
    return { part: module, kind: 'head', head, share, ...(taken && { keys: taken }) }
  })
}

/** Each key's part of each head's share: its weight times the factor of z times its value. */
function keyShares(
  { heads, keys }: StreamStep & { kind: 'heads' },
  ofZ: Float64Array,
  step: number,
  tensor: (name: string) => PlayedTensor,
): number[][] | null {
  if (!keys) return null
  const weights = tensor(keys.weights)
  const values = tensor(keys.values.tensor)
  const count = values.values.length / values.width
  const dHead = ofZ.length / heads
  return Array.from({ length: heads }, (_, head) =>
    Array.from({ length: count }, (_, key) => {
      let product = 0
      const at = key * values.width + keys.values.from + head * dHead
      for (let i = 0; i < dHead; i++) product += ofZ[head * dHead + i] * values.values[at + i]
      const weight = weights.values[(step * count + key) * heads + head]
      return weight === 0 ? 0 : weight * product
    }),
  )
}

/** Wᵀ f: the factor of a linear's input. */
function transposed(weights: Weights, name: string, factor: Float64Array): Float64Array {
  const { rows, width } = weights.place(name)
  const all = weights.get(name)
  const product = new Float64Array(width)
  for (let r = 0; r < rows; r++) for (let i = 0, at = r * width; i < width; i++, at++) product[i] += factor[r] * all[at]
  return product
}

function embeddingShare(
  { table, scale }: StreamStep & { kind: 'embedding' },
  factor: Float64Array,
  weights: Weights,
  token: number,
): number {
  if (token < 0) return 0
  const width = factor.length
  return scale * dot(factor, weights.get(table).subarray(token * width, (token + 1) * width))
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
