/** How many target tokens a second come out of a whole translation, from ids to ids: encoder, steps, search? */
import { Generator } from '#dist/decode/generator.js'
import { resolveOptions } from '#dist/decode/options.js'
import type { PlayingContender } from './contender.ts'
import { median } from './interleave.ts'
import { type BenchModel, models, randomSources } from './models.ts'
import type { Case, Question, Side } from './question.ts'
import { TimedPlayer } from './timed-player.ts'

const TOKENS = 20
const ways = [
  { batch: 1, beam: 1 },
  { batch: 1, beam: 4 },
  { batch: 32, beam: 1 },
  { batch: 32, beam: 4 },
]

export const translate: Question = {
  name: 'translate',
  title: `ids to ids, ${TOKENS} tokens in, exactly ${TOKENS} out`,
  unit: 'tokens/s',
  sharesOf: ['js', 'native'],
  contenders: ({ contenders }) => contenders,
  *cases(field) {
    for (const model of models) {
      const sides = field.contenders.map((contender) => new Translating(contender, model()))
      for (const way of ways) yield translating(model(), way, sides)
    }
  },
}

interface Way {
  batch: number
  beam: number
}

function translating({ name, weights }: BenchModel, way: Way, sides: readonly Translating[]): Case {
  const { batch, beam } = way
  const sources = randomSources(batch, TOKENS, weights.config)
  return {
    label: `${name}, batch ${batch}, beam ${beam}`,
    model: name,
    batch,
    beam,
    tokens: batch * TOKENS,
    sides: sides.map((side) => side.side(sources, beam)),
  }
}

/** One contender with one model: its programs are recorded and loaded once. */
class Translating {
  readonly #contender: PlayingContender
  readonly #model: BenchModel
  readonly #player: TimedPlayer
  readonly #generator: Generator

  constructor(contender: PlayingContender, model: BenchModel) {
    this.#contender = contender
    this.#model = model
    this.#player = new TimedPlayer(contender.player)
    this.#generator = new Generator(this.#player, model.weights, { batchTokens: Number.POSITIVE_INFINITY })
  }

  side(sources: readonly number[][], beams: number): Side {
    const shares: number[] = []
    const run = () => {
      const began = performance.now()
      const played = this.#player.seconds
      this.#translate(sources, beams)
      shares.push((1000 * (this.#player.seconds - played)) / (performance.now() - began))
    }
    return { contender: this.#contender, run, shareOfPrograms: () => median(shares) }
  }

  #translate(sources: readonly number[][], beams: number): void {
    // The end is forbidden before the last token, and the limit ends every sentence there.
    const length = { minTokens: TOKENS - 1, maxTokens: TOKENS }
    const options = resolveOptions({ ...length, beams, alternatives: 1 }, this.#model.generation)
    let tokens = 0
    const done: Parameters<Generator['add']>[0]['done'] = ([best]) => {
      tokens += best.ids.length
    }
    for (const source of sources) this.#generator.add({ source, options, done })
    while (this.#generator.busy) this.#generator.step()
    if (tokens !== sources.length * TOKENS) throw new Error(`${tokens} tokens came out, not ${sources.length * TOKENS}`)
  }
}
