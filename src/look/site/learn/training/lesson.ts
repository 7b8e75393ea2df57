import type { Player } from '../../../../engine/backend/interface/backend.ts'
import { generationDefaults } from '../../../../engine/decode/settings/options.ts'
import type { TokenPair } from '../../../../engine/decode/step/index.ts'
import { ForcedDecoder } from '../../../../engine/decode/teacher-forced.ts'
import type { ModelConfig } from '../../../../engine/model/config/config.ts'
import { Weights } from '../../../../engine/weights/weights.ts'
import { initialize } from '../../../../learn/train/settings/initialize.ts'
import { learningRate, type ScheduleOptions } from '../../../../learn/train/settings/schedule.ts'
import { TrainingStep } from '../../../../learn/train/step/training-step.ts'
import type { Trace, TracedDistribution } from '../../../../trace/data/trace.ts'
import { resolveTraceOptions } from '../../../../trace/options.ts'
import { tracing } from '../../../../trace/tracing.ts'
import type { Example, Task } from './tasks.ts'

/** The sign of the end on both sides. */
export const END = '<eos>'

/** What is shown of one step of a training. */
export interface Shown {
  step: number
  /** The loss of the step in nats a token; null before the first. */
  loss: number | null
  /** The example, read with its right target: probabilities and attention of every layer. */
  trace: Trace
  /** The words that greedy search writes for the example. */
  said: readonly string[]
  /** How many examples that training never shows greedy search would have right. */
  right: number
}

/** Trains a small model of a task on the calling thread, step by step, and remembers the weights of every picture. */
export class Lesson {
  readonly task: Task
  readonly #player: Player
  readonly #weights: Weights
  readonly #training: TrainingStep
  readonly #forced: ForcedDecoder
  readonly #schedule: ScheduleOptions
  readonly #kept = new Map<number, { loss: number | null; values: Float32Array }>()
  #step = 0
  #loss: number | null = null

  constructor(player: Player, task: Task, seed: number) {
    this.task = task
    this.#player = player
    this.#weights = new Weights(configOf(task))
    initialize(this.#weights, seed)
    this.#training = new TrainingStep(player, this.#weights, {
      loss: { smoothing: 0, over: 'all' },
      dropout: { residual: 0, attention: 0, activation: 0 },
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0 },
      clip: 1,
      seed,
    })
    this.#forced = new ForcedDecoder(player, this.#weights)
    const { rate: peak, steps: total } = task
    this.#schedule = { kind: 'cosine', peak, warmup: Math.round(total / 15), total, last: peak / 20 }
    this.#keep()
  }

  get step(): number {
    return this.#step
  }

  get isOver(): boolean {
    return this.#step >= this.task.steps
  }

  /** Takes steps up to the next picture. */
  advance(): void {
    const { every, steps } = this.task
    do {
      const step = ++this.#step
      const pairs = this.task.batch(step).map((example) => this.#pair(example))
      const tokens = pairs.reduce((sum, { target }) => sum + target.length, 0)
      this.#loss = this.#training.accumulate(pairs, step, tokens) / tokens
      this.#training.update(step, learningRate(this.#schedule, step), this.#training.norm())
    } while (this.#step % every !== 0 && this.#step < steps)
    this.#keep()
  }

  /** What the model makes of an example with the weights that it had at a step of a picture. */
  shown(step: number, example: Example): Shown {
    const kept = this.#kept.get(step)
    if (!kept) throw new RangeError(`there is no picture of step ${step}`)
    const now = this.#weights.values.slice()
    this.#weights.values.set(kept.values)
    try {
      const pair = this.#pair(example)
      const { length } = this.task.words.target
      const trace = this.#traced(pair.source, { target: pair.target, tensors: ['**.weights'], steps: length + 1 })
      const said = this.#traced(pair.source, { beams: 1, maxTokens: 8 }).target.tokens
      return { step, loss: kept.loss, trace, said: said.filter((word) => word !== END), right: this.#right() }
    } finally {
      this.#weights.values.set(now)
    }
  }

  #keep(): void {
    this.#kept.set(this.#step, { loss: this.#loss, values: this.#weights.values.slice() })
  }

  #pair({ source, target }: Example): TokenPair {
    const { words } = this.task
    const ids = (side: 'source' | 'target', given: readonly string[]) => [
      ...given.map((word) => words[side].indexOf(word)),
      words[side].length,
    ]
    return { source: ids('source', source), target: ids('target', target) }
  }

  /**
   * Greedy search finds a target exactly where each of its tokens is the most probable one after the right tokens
   * before it.
   */
  #right(): number {
    const pairs = this.task.unseen.map((example) => this.#pair(example))
    if (!pairs.length) return 0
    const [logits] = this.#forced.trace(pairs, ['output.out'])
    const width = this.task.words.target.length + 1
    let row = 0
    let right = 0
    for (const { target } of pairs) {
      let isRight = true
      for (const id of target) {
        const own = logits.subarray(row * width, ++row * width)
        isRight &&= own.every((logit, i) => i === id || logit < own[id])
      }
      if (isRight) right++
    }
    return right
  }

  #traced(source: readonly number[], options: Parameters<typeof resolveTraceOptions>[0]): Trace {
    const weights = this.#weights
    const resolved = resolveTraceOptions(options, generationDefaults, weights.config)
    const target = options.target ? { ids: options.target as readonly number[], text: null } : null
    const subject = { name: this.task.title, weights, tokenizer: null, shortlist: null, player: this.#player }
    const steps = tracing(subject, { source: { ids: [...source], text: null }, target, second: null }, resolved)
    for (let step = steps.next(); ; step = steps.next()) if (step.done) return named(step.value, this.task)
  }
}

/** A trace has ids as its tokens where a model has no tokenizer: here they become the words of the task. */
function named(trace: Trace, { words }: Task): Trace {
  const [source, target] = [words.source, words.target].map((side) => [...side, END])
  const choice = <T extends { id: number; token: string }>(each: T): T => ({ ...each, token: target[each.id] })
  const distribution = <T extends TracedDistribution>(each: T): T => ({ ...each, top: each.top.map(choice) })
  const wordsAt = (ids: readonly number[], end: number) => ids.map((id, i) => (id === end ? -1 : i))
  return {
    ...trace,
    source: {
      ...trace.source,
      tokens: trace.source.ids.map((id) => source[id]),
      words: wordsAt(trace.source.ids, words.source.length),
    },
    target: {
      ...trace.target,
      tokens: trace.target.ids.map((id) => target[id]),
      words: wordsAt(trace.target.ids, words.target.length),
      inputs: { ...trace.target.inputs, tokens: trace.target.inputs.ids.map((id) => target[id] ?? '<start>') },
    },
    steps: trace.steps.map((step) => ({ ...distribution(step), chosen: choice(step.chosen) })),
  }
}

/** The smallest model of the article's kind: one layer on each side, norms after sub-layers, sines as positions. */
function configOf({ words, model: { dModel, heads, dFeedForward } }: Task): ModelConfig {
  const stack = { layers: 1, heads, dHead: dModel / heads, dFeedForward }
  return {
    dModel,
    encoder: stack,
    decoder: stack,
    activation: 'relu',
    norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
    positions: { kind: 'interleaved' },
    embeddingScale: Math.sqrt(dModel),
    sourceVocabulary: words.source.length + 1,
    targetVocabulary: words.target.length + 1,
    sharedEmbedding: false,
    tiedOutput: true,
    outputBias: true,
    linearBias: true,
    outputScale: 1,
    ids: { end: words.target.length, start: null, padding: null, unknown: null },
    maxLength: 16,
  }
}
