import { Generator } from '#dist/engine/decode/generator.js'
import { resolveOptions } from '#dist/engine/decode/settings/options.js'
import type { PlayingContender } from './contender.ts'
import { median, timed } from './interleave.ts'
import { type BenchModel, heldFor } from './models.ts'
import type { Side } from './question.ts'
import { type Scale, together } from './scale.ts'
import { type Played, TimedPlayer } from './timed-player.ts'

/** The number of tokens of every source, its end included, and of every translation. */
export const TOKENS = 20

/** The number of sentences at once, and of hypotheses for each. */
export interface Way {
  batch: number
  beam: number
}

/** Each number of sentences greedily and with four beams. */
export const waysOf = (scale: Scale, batches: readonly number[] = [1, 8, 32]): Way[] =>
  together(scale, batches).flatMap((batch) => [1, 4].map((beam) => ({ batch, beam })))

/** One contender with one model: whole translations, from ids to ids, without tokenizer. Programs are recorded and loaded once. */
export class Translating {
  readonly #contender: PlayingContender
  readonly #model: BenchModel
  readonly #player: TimedPlayer
  readonly #generator: Generator

  constructor(contender: PlayingContender, model: BenchModel) {
    this.#contender = contender
    this.#model = model
    this.#player = new TimedPlayer(contender.player)
    const { weights, shortlist } = heldFor(contender.player, model)
    this.#generator = new Generator(this.#player, weights, { batchTokens: Number.POSITIVE_INFINITY, shortlist })
  }

  /** Translations of `made` tokens, or until their ends where it is 0. */
  side(sources: readonly number[][], beams: number, made: number = TOKENS): Side & { shareOfPrograms(): number } {
    const shares: number[] = []
    const run = timed(() => {
      const began = performance.now()
      const played = this.#player.seconds
      this.#translate(sources, beams, made)
      shares.push((1000 * (this.#player.seconds - played)) / (performance.now() - began))
    })
    return { contender: this.#contender, run, shareOfPrograms: () => median(shares) }
  }

  /**
   * The decoding steps of a translation, without encoding; the first step is left out, because it includes encoding.
   * The first step is left out, because it encodes as well.
   */
  steps(sources: readonly number[][], beams: number): Side {
    const run = (runs: number) => {
      let milliseconds = 0
      let began = 0
      const encoded = () => {
        began = performance.now()
      }
      for (let i = 0; i < runs; i++) {
        this.#translate(sources, beams, TOKENS, encoded)
        milliseconds += performance.now() - began
      }
      return milliseconds / 1000
    }
    return { contender: this.#contender, run }
  }

  /** The programs that one run plays, in their order. */
  plays(sources: readonly number[][], beams: number): readonly Played[] {
    return this.#player.played(() => this.#translate(sources, beams, TOKENS))
  }

  /** `encoded` is called after the first step. */
  #translate(sources: readonly number[][], beams: number, made: number, encoded: () => void = () => {}): void {
    // The end token is forbidden before the last position, so that the limit ends every sentence there. Random weights
    // repeat themselves.
    const length = made === 0 ? {} : ({ minTokens: made - 1, maxTokens: made, loops: 'keep' } as const)
    const options = resolveOptions({ ...length, beams, alternatives: 1 }, this.#model.generation)
    let tokens = 0
    const done: Parameters<Generator['add']>[0]['done'] = ([best]) => {
      tokens += best.ids.length
    }
    for (const source of sources) this.#generator.add({ source, options, done })
    this.#generator.step()
    encoded()
    while (this.#generator.busy) this.#generator.step()
    if (made > 0 && tokens !== sources.length * made)
      throw new Error(`${tokens} tokens came out, not ${sources.length * made}`)
  }
}
