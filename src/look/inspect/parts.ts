import { GlassformerError } from '../../base/errors.ts'
import { entryOf } from '../../base/present.ts'
import type { Player } from '../../engine/backend/interface/backend.ts'
import { Generator } from '../../engine/decode/generator.ts'
import { type GenerationOptions, resolveOptions } from '../../engine/decode/settings/options.ts'
import {
  encoderProgram,
  forcedProgram,
  listedStepProgram,
  normalizeOf,
  type Shortlist,
  stepProgram,
} from '../../engine/decode/step/index.ts'
import { ForcedDecoder } from '../../engine/decode/teacher-forced.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import type { Program } from '../../engine/program/program.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { Part } from './options.ts'
import { type RecordedPlay, RecordingPlayer } from './recording-player.ts'

/** @throws GlassformerError ERR_OPTION for the encoder of a model that has none, and the step of an autoencoder */
export function programOf(part: Part, weights: Weights, options: GenerationOptions): Program {
  if (part === 'encoder' && isDecoderOnly(weights.config))
    throw new GlassformerError('ERR_OPTION', "the model is a decoder alone: its parts are 'step' and 'forced'")
  if (part === 'step' && weights.config.latents)
    throw new GlassformerError('ERR_OPTION', "the model is an autoencoder: its parts are 'encoder' and 'forced'")
  if (part === 'encoder') return encoderProgram(weights)
  if (part === 'forced') return forcedProgram(weights, { tracing: false })
  return (options.shortlist ? listedStepProgram : stepProgram)(weights, normalizeOf(options))
}

interface Asked {
  sources: readonly number[][]
  options: GenerationOptions
  length: number
  /** Needed by the option `shortlist`. */
  shortlist?: Shortlist | null
}

/**
 * Runs a part as a translation of `sources` (ids, with their end) does: the step whose rows attend to `length` cached
 * tokens, their own included, restricted to lists with the option `shortlist`; or the model's own translations under
 * teacher forcing.
 * @throws GlassformerError ERR_OPTION where no step is that long, ERR_INPUT_TOO_LONG
 */
export function playPart(
  part: Part,
  player: Player,
  weights: Weights,
  { sources, options, length, shortlist }: Asked,
): RecordedPlay {
  checkLengths(sources, length, weights.config.maxLength)
  const recording = new RecordingPlayer(player)
  const generator = new Generator(recording, weights, { batchTokens: Number.POSITIVE_INFINITY, shortlist })
  const targets: number[][] = []
  // No sentence may end before the requested step; that step itself may end it.
  const most = part === 'step' ? ({ minTokens: length - 1, maxTokens: null, loops: 'keep' } as const) : {}
  const isListed = part === 'step' && options.shortlist
  // The program of a step depends on the search, whose op finds the candidates.
  const [forcedLast = null] = [options.forcedLast].flat()
  const plain = { sample: false, removeInvalid: false, forcedLast }
  const search = resolveOptions({ ...most, ...plain, shortlist: isListed }, options)
  sources.forEach((source, i) => {
    generator.add({
      source,
      options: search,
      done: ([best]) => {
        targets[i] = best.ids
      },
    })
  })
  for (let taken = 0; generator.busy && (part === 'forced' || taken < length); taken++) generator.step()
  if (part === 'forced')
    new ForcedDecoder(recording, weights).score(sources.map((source, i) => ({ source, target: targets[i] })))
  return entryOf(recording.plays, isListed ? 'listedStep' : part)
}

function checkLengths(sources: readonly number[][], length: number, most: number): void {
  if (length > most)
    throw new GlassformerError('ERR_OPTION', `a step over ${length} tokens is asked for: the model's limit is ${most}`)
  for (const source of sources)
    if (source.length > most)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `a source of ${source.length} tokens is longer than the model's ${most}: give shorter sentences`,
      )
}

/** Seconds of each instruction, the median of as many runs as fit into about `seconds`, and at least 5. */
export function profile(play: RecordedPlay, seconds: number): { times: Float64Array; plays: number } {
  play.again() // caches and arenas are warm from here on
  const all: Float64Array[] = []
  const began = performance.now()
  while (all.length < 5 || performance.now() - began < 1000 * seconds) all.push(play.again())
  return { times: all[0].map((_, i) => median(all.map((times) => times[i]))), plays: all.length }
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
