import { StatesRunner, type TokenIds } from '../../../engine/encode/index.ts'
import { createEncoderTokenizer } from '../../../files/folders/encoders/encoder-tokenizer.ts'
import type { LoadedEncoder } from '../../../files/folders/encoders/read-encoder-folder.ts'
import type { PairTokenizer } from '../../../language/text/pairs/index.ts'
import type { WorkerContext, WorkerPart } from '../../../workers/jobs/job-kind.ts'
import type { EncodedResult } from './tasks.ts'

/** Which rows of a text's states the head answers for: none, the row of the text, all of them, or some. */
export type HeadRows = 'none' | 'text' | 'all' | readonly number[]

/** The states after each layer of a text, and its attention: see `EncodedResult`. */
export type TextLayers = Required<Pick<EncodedResult, 'hidden' | 'attentions' | 'neurons'>>

/** A text that waits, and what is done with what is computed of it: its states [n, dModel], to be read at once, and the head's answers. */
export interface WaitingText extends TokenIds {
  request: unknown
  head: HeadRows
  /** The text is run alone, and `done` receives its layers. */
  withLayers?: boolean
  done(states: Float32Array, answers: Float32Array, layers: TextLayers | null): void
}

/** Runs texts of all jobs of a worker, some tokens at a time: texts of many callers share a batch, in which nothing is padded. */
export class EncoderPart implements WorkerPart {
  readonly model: LoadedEncoder
  readonly tokenizer: PairTokenizer
  readonly #runner: StatesRunner
  readonly #batchTokens: number
  #waiting: WaitingText[] = []

  constructor({ model, player, options }: WorkerContext<LoadedEncoder>) {
    this.model = model
    this.tokenizer = createEncoderTokenizer(model.tokenizer, model.sentence.lowers)
    this.#runner = new StatesRunner(player, model.weights)
    this.#batchTokens = options.batchTokens
  }

  get busy(): boolean {
    return this.#waiting.length > 0
  }

  add(text: WaitingText): void {
    this.#waiting.push(text)
  }

  cancel(request: unknown): void {
    this.#waiting = this.#waiting.filter((text) => text.request !== request)
  }

  step(): void {
    const batch = this.#next()
    const { dModel, head, heads } = this.model.config
    const all = batch[0].withLayers ? this.#runner.allStates(batch) : null
    const { values, spans } = all ?? this.#runner.states(batch)
    const layers = all && {
      hidden: all.hidden,
      attentions: all.attentions.map((weights) => byHead(weights, heads)),
      neurons: all.neurons,
    }
    const own = batch.map((_, i) => values.subarray(spans[2 * i] * dModel, spans[2 * i + 1] * dModel))
    const rows = batch.map(({ head: asked }, i) => rowsFor(asked, own[i], dModel, head?.pooling ?? 'first'))
    const outputs = head ? head.outputs || head.width : 0
    const answers = this.#answers(rows)
    let at = 0
    batch.forEach((text, i) => {
      const count = rows[i].length / dModel
      text.done(own[i], answers.slice(at * outputs, (at + count) * outputs), layers)
      at += count
    })
  }

  #answers(rows: readonly Float32Array[]): Float32Array {
    const { dModel } = this.model.config
    const size = rows.reduce((sum, { length }) => sum + length, 0)
    if (!size) return new Float32Array(0)
    const joined = new Float32Array(size)
    let at = 0
    for (const row of rows) {
      joined.set(row, at)
      at += row.length
    }
    return this.#runner.answers(joined, size / dModel)
  }

  /** The texts that have waited longest, at least one, of so many tokens in all; a text with its layers is alone. */
  #next(): WaitingText[] {
    let tokens = 0
    let count = 0
    for (; count < this.#waiting.length; count++) {
      const { ids, withLayers } = this.#waiting[count]
      tokens += ids.length
      if (count > 0 && (withLayers || tokens > this.#batchTokens)) break
      if (withLayers) return this.#waiting.splice(0, 1)
    }
    return this.#waiting.splice(0, count)
  }
}

function rowsFor(asked: HeadRows, states: Float32Array, width: number, pooling: 'first' | 'mean'): Float32Array {
  if (asked === 'none') return new Float32Array(0)
  if (asked === 'all') return states
  if (asked === 'text') return pooling === 'first' ? states.subarray(0, width) : meanOf(states, width)
  const made = new Float32Array(asked.length * width)
  asked.forEach((row, i) => {
    made.set(states.subarray(row * width, (row + 1) * width), i * width)
  })
  return made
}

/** Attention weights [pairs, heads] of one text as [heads, ids, ids]. */
function byHead(weights: Float32Array, heads: number): Float32Array {
  const pairs = weights.length / heads
  return weights.map((_, at) => weights[(at % pairs) * heads + Math.floor(at / pairs)])
}

function meanOf(states: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width)
  for (let i = 0; i < states.length; i++) sums[i % width] += states[i]
  return Float32Array.from(sums, (sum) => (sum * width) / states.length)
}
