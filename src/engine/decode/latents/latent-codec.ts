import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { Player, TensorArray } from '../../backend/interface/backend.ts'
import { type LatentsSettings, partsOf } from '../../model/config/latents-settings.ts'
import { decodedCodes, encodedTargets } from '../../model/latents/autoencoder.ts'
import { outputWeights } from '../../model/layers/embedding.ts'
import { PositionTable } from '../../model/position-table.ts'
import { LoadedProgram } from '../../program/loaded.ts'
import { candidates } from '../../program/ops/candidates.ts'
import { Program } from '../../program/program.ts'
import type { Weights } from '../../weights/weights.ts'
import { type EncodedSource, raggedPairs, type TokenPair } from '../batch/ragged-batch.ts'

/** A source, and the codes of its target. */
export interface CodedPair extends EncodedSource {
  codes: readonly number[]
}

/** The most tokens of targets in one run. */
const MOST_TOKENS = 4096

/** Codes of targets, and targets of codes, by an autoencoder. */
export class LatentCodec {
  readonly #player: Player
  readonly #weights: Weights
  readonly #latents: LatentsSettings
  readonly #positions: PositionTable
  #codes: LoadedProgram | null = null
  #written: LoadedProgram | null = null

  /** @throws GlassformerError ERR_UNSUPPORTED for a model that is no autoencoder */
  constructor(player: Player, weights: Weights) {
    const { latents } = weights.config
    if (!latents) throw new GlassformerError('ERR_UNSUPPORTED', 'the model is no autoencoder: it has no latents')
    this.#player = player
    this.#weights = weights
    this.#latents = latents
    this.#positions = PositionTable.of(weights.config)
  }

  /** How many codes there are. */
  get codes(): number {
    return 2 ** this.#latents.bits
  }

  /** A target with its end, filled up with the end to whole codes. */
  padded(target: readonly number[]): number[] {
    return paddedTarget(target, this.#latents.every, this.#weights.config.ids.end)
  }

  /** The codes of each target, which is filled up to whole codes first. */
  encode(pairs: readonly TokenPair[]): number[][] {
    this.#codes ??= new LoadedProgram(this.#player, codesProgram(this.#weights, this.#latents))
    const filled = pairs.map(({ target, ...source }) => ({ ...source, target: this.padded(target) }))
    const { parts, values } = partsOf(this.#latents)
    return inBatches(filled, (batch) => {
      const { rows, arrays } = raggedPairs(batch, this.#weights.config, this.#positions)
      const size = rows.Z * parts
      const codes = this.#latents.kind === 'hash' ? new Float32Array(size) : new Int32Array(size)
      present(this.#codes).play(rows, { ...arrays, codes })
      const numbers = Array.from({ length: rows.Z }, (_, z) =>
        Array.from(codes.subarray(z * parts, (z + 1) * parts)).reduceRight((number, part) => number * values + part, 0),
      )
      return cut(
        numbers,
        batch.map(({ target }) => target.length / this.#latents.every),
      )
    })
  }

  /** The targets of codes up to their end, which is left out. @throws GlassformerError ERR_INPUT for a number that is no code */
  decode(pairs: readonly CodedPair[]): number[][] {
    this.#written ??= new LoadedProgram(this.#player, writtenProgram(this.#weights, this.#latents))
    const { end } = this.#weights.config.ids
    for (const { codes } of pairs) for (const code of codes) this.#check(code)
    const blank = pairs.map(({ codes, ...source }) => {
      return { ...source, codes, target: new Array<number>(codes.length * this.#latents.every).fill(end) }
    })
    return inBatches(blank, (batch) => {
      const { rows, arrays } = raggedPairs(batch, this.#weights.config, this.#positions)
      const ids = new Int32Array(rows.T)
      present(this.#written).play(
        { ...rows, C: rows.T, E: 0 },
        {
          ...arrays,
          ...this.#bound(batch.flatMap(({ codes }) => codes)),
          edits: new Int32Array(0),
          values: new Float32Array(0),
          'candidate.scores': new Float32Array(rows.T),
          'candidate.ids': ids,
        },
      )
      const lengths = batch.map(({ target }) => target.length)
      return cut(Array.from(ids), lengths).map((written) => upTo(end, written))
    })
  }

  #check(code: number): void {
    if (!Number.isInteger(code) || code < 0 || code >= this.codes)
      throw new GlassformerError('ERR_INPUT', `${code} is no code: they are integers from 0 to ${this.codes - 1}`)
  }

  /** The parts of codes as programs bind them. */
  #bound(codes: readonly number[]): Record<string, TensorArray> {
    const { parts, values } = partsOf(this.#latents)
    const part = (code: number, i: number) => Math.floor(code / values ** i) % values
    if (this.#latents.kind === 'hash') {
      const bits = codes.flatMap((code) => Array.from({ length: parts }, (_, i) => part(code, i)))
      return { 'latents.codes': Float32Array.from(bits) }
    }
    return Object.fromEntries(
      Array.from({ length: parts }, (_, i) => [
        `latents.codes.${i}`,
        // Entries of part i lie after those of the parts before it.
        Int32Array.from(codes, (code) => i * values + part(code, i)),
      ]),
    )
  }
}

/** A target filled up with its end to whole codes of `every` tokens. */
export function paddedTarget(target: readonly number[], every: number, end: number): number[] {
  const filled = [...target]
  while (filled.length % every) filled.push(end)
  return filled
}

/** Parts of these lengths, one after the other. */
function cut(values: readonly number[], lengths: readonly number[]): number[][] {
  let last = 0
  return lengths.map((length) => {
    last += length
    return values.slice(last - length, last)
  })
}

function upTo(end: number, ids: readonly number[]): number[] {
  const at = ids.indexOf(end)
  return at < 0 ? [...ids] : ids.slice(0, at)
}

/** Runs over some pairs at a time; the results in their order. */
function inBatches<Pair extends TokenPair>(
  pairs: readonly Pair[],
  run: (batch: readonly Pair[]) => number[][],
): number[][] {
  const results: number[][] = []
  let batch: Pair[] = []
  let [source, target] = [0, 0]
  const finish = () => {
    if (batch.length) results.push(...run(batch))
    batch = []
    source = target = 0
  }
  for (const pair of pairs) {
    if (Math.max(source + pair.source.length, target + pair.target.length) > MOST_TOKENS) finish()
    batch.push(pair)
    source += pair.source.length
    target += pair.target.length
  }
  finish()
  return results
}

/** Finds the `codes` [Z, parts] of whole targets, given their sources. */
function codesProgram(weights: Weights, latents: LatentsSettings): Program {
  const p = new Program('codes', weights)
  p.output(encodedTargets(p, latents, weights.config), 'codes')
  return p
}

/** Finds the likeliest token of each place, `candidate.ids` [C, 1] with C = T, of given codes and sources, all at once. */
function writtenProgram(weights: Weights, latents: LatentsSettings): Program {
  const p = new Program('written', weights)
  const { config } = weights
  const x = decodedCodes(p, latents, config)
  const edits = p.input('edits', 'E', 3, 'int32')
  const values = p.input('values', 'E', 1)
  const [scores, ids] = p.within('output', () =>
    candidates(p, { x, ...outputWeights(p, config), edits, values }, { normalize: 'after', scale: config.outputScale }),
  )
  p.output(scores, 'candidate.scores')
  p.output(ids, 'candidate.ids')
  return p
}
