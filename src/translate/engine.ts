import type { BackendInfo, Player } from '../backend/backend.ts'
import { ForcedDecoder } from '../decode/forced.ts'
import { Generator } from '../decode/generator.ts'
import type { Found } from '../decode/search.ts'
import { GlassformerError } from '../errors.ts'
import type { LoadedModel } from '../folders/loaded-model.ts'
import { splitSentences } from '../text/sentences.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { join, type Part } from './job.ts'
import type { JobOptions } from './options.ts'
import type { Alternative, Score, SentenceAttention, Source, Translation } from './translation.ts'

/** One source to be translated; `group` names what can be cancelled together. */
export interface Job {
  group: unknown
  source: Source
  options: JobOptions
  done(translation: Translation): void
  /** Receives text as it becomes certain. */
  piece?(text: string): void
}

/** Translates on the calling thread: tokenizer, search and backend together. Steps are taken by whoever holds it. */
export class Engine {
  readonly #model: LoadedModel
  readonly #tokenizer: Tokenizer | null
  readonly #player: Player
  readonly #generator: Generator
  readonly #forced: ForcedDecoder

  constructor(model: LoadedModel, tokenizer: Tokenizer | null, player: Player, batchTokens: number) {
    this.#model = model
    this.#tokenizer = tokenizer
    this.#player = player
    this.#generator = new Generator(player, model.weights, { batchTokens })
    this.#forced = new ForcedDecoder(player, model.weights)
  }

  get info(): BackendInfo {
    return this.#player.info
  }

  get busy(): boolean {
    return this.#generator.busy
  }

  step(): void {
    this.#generator.step()
  }

  cancel(group: unknown): void {
    this.#generator.cancel((task) => (task as EngineTask).group === group)
  }

  close(): void {
    this.#player.close()
  }

  /** Queues a job; `done` is called by a later step, or at once where there is nothing to translate. @throws ERR_INPUT… */
  add(job: Job): void {
    const { parts, after } = this.#parts(job.source, job.options.split)
    const found: Found[][] = new Array(parts.length)
    let missing = parts.length
    if (!missing) return job.done(this.#translation([], after, [], job.options))
    const stream = job.piece && new TextStream(parts, after, (ids) => this.#decode(ids), job.piece)
    parts.forEach((part, i) => {
      const task: EngineTask = {
        group: job.group,
        source: part.ids,
        options: job.options.generation,
        prefix: stream && ((ids) => stream.grow(i, ids, false)),
        done: (best) => {
          found[i] = best
          stream?.grow(i, best[0].ids, true)
          if (--missing === 0) job.done(this.#translation(parts, after, found, job.options))
        },
      }
      this.#generator.add(task)
    })
  }

  /** The model's opinion of each target. @throws ERR_INPUT… */
  score(pairs: readonly { source: Source; target: Source }[]): Score[] {
    const batches: Score[] = []
    for (let i = 0; i < pairs.length; i += PAIRS_AT_ONCE) {
      const ids = pairs.slice(i, i + PAIRS_AT_ONCE).map(({ source, target }) => ({
        source: this.#idsOf(source, 'source'),
        target: this.#idsOf(target, 'target'),
      }))
      this.#forced.score(ids).forEach((scores, k) => {
        const tokenScores = Array.from(scores)
        batches.push({ score: tokenScores.reduce((a, b) => a + b, 0), ids: ids[k].target, tokenScores })
      })
    }
    return batches
  }

  #translation(parts: readonly Part[], after: string, found: readonly Found[][], { generation, attention }: JobOptions): Translation {
    const alternatives = join(parts, after, found, (ids) => this.#decode(ids))
    const best: Alternative = alternatives[0] ?? { text: after, score: 0, ids: [], tokenScores: [] }
    return {
      ...best,
      ...(generation.alternatives > 1 && { alternatives: alternatives.length ? alternatives : [best] }),
      ...(attention && { attention: parts.map((part, i) => this.#attention(part.ids, found[i][0].ids)) }),
    }
  }

  #attention(source: number[], target: number[]): SentenceAttention {
    const name = (id: number, piece?: (id: number) => string) => piece?.(id) ?? String(id)
    return {
      source: source.map((id) => name(id, this.#tokenizer?.sourcePiece.bind(this.#tokenizer))),
      target: target.map((id) => name(id, this.#tokenizer?.piece.bind(this.#tokenizer))),
      layers: this.#forced.crossAttention({ source, target }),
    }
  }

  /** The sentences of a source, each short enough for the model. */
  #parts(source: Source, split: JobOptions['split']): { parts: Part[]; after: string } {
    if (typeof source !== 'string') return { parts: source.length ? [{ before: '', ids: this.#idsOf(source, 'source') }] : [], after: '' }
    if (!source.trim()) return { parts: [], after: '' }
    if (split !== 'always') {
      const ids = this.#encode(source, 'source')
      if (split === 'never' || ids.length <= this.#model.splitTokens) return { parts: [{ before: '', ids: this.#fit(ids, 'source', source) }], after: '' }
    }
    const { sentences, after } = splitSentences(source, this.#model.sourceLocale)
    return {
      parts: sentences.map(({ text, before }) => ({ before, ids: this.#fit(this.#encode(text, 'source'), 'source', text) })),
      after,
    }
  }

  #idsOf(source: Source, side: 'source' | 'target'): number[] {
    if (typeof source === 'string') return this.#fit(this.#encode(source, side), side, source)
    const { ids, sourceVocabulary, targetVocabulary } = this.#model.config
    const size = side === 'source' ? sourceVocabulary : targetVocabulary
    for (const id of source)
      if (!Number.isInteger(id) || id < 0 || id >= size)
        throw new GlassformerError('ERR_INPUT', `id ${id} is outside the ${side} vocabulary of ${size}`)
    return this.#fit(source.at(-1) === ids.end ? [...source] : [...source, ids.end], side, null)
  }

  #encode(text: string, side: 'source' | 'target'): number[] {
    if (!this.#tokenizer) throw new GlassformerError('ERR_INPUT', `${this.#model.path} has no tokenizer: give lists of ids instead of texts`)
    const ids = side === 'source' ? this.#tokenizer.encode(text) : this.#tokenizer.encodeTarget(text)
    return ids.length ? ids : [this.#model.config.ids.end]
  }

  #fit(ids: number[], side: 'source' | 'target', text: string | null): number[] {
    const { maxLength } = this.#model.config
    if (ids.length <= maxLength) return ids
    const start = text === null ? '' : ` (“${text.trim().slice(0, 40)}…”)`
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `a ${side} of ${ids.length} tokens${start} is longer than the model's ${maxLength}: split it into sentences${text === null ? '' : `, or leave option 'split' at 'auto'`}`,
    )
  }

  #decode(ids: readonly number[]): string {
    return this.#tokenizer?.decode(ids) ?? ''
  }
}

/** Bounds the memory of `score`, whose logits are [target tokens, vocabulary]. */
const PAIRS_AT_ONCE = 16

type EngineTask = Parameters<Generator['add']>[0] & { group: unknown }

/** Turns growing ids of sentences, which may become known out of order, into pieces of one text. */
class TextStream {
  readonly #known: { text: string; ended: boolean }[]
  readonly #parts: readonly Part[]
  readonly #after: string
  readonly #decode: (ids: readonly number[]) => string
  readonly #piece: (text: string) => void
  #sent = ''

  constructor(parts: readonly Part[], after: string, decode: (ids: readonly number[]) => string, piece: (text: string) => void) {
    this.#parts = parts
    this.#after = after
    this.#decode = decode
    this.#piece = piece
    this.#known = parts.map(() => ({ text: '', ended: false }))
  }

  grow(index: number, ids: readonly number[], ended: boolean): void {
    const text = this.#decode(ids)
    // The bytes of a character may still be incomplete, and they decode to U+FFFD then.
    this.#known[index] = { text: ended ? text : text.replace(/\uFFFD+$/, ''), ended }
    let certain = ''
    for (let i = 0; i < this.#known.length; i++) {
      certain += this.#parts[i].before + this.#known[i].text
      if (!this.#known[i].ended) break
      if (i === this.#known.length - 1) certain += this.#after
    }
    if (certain.length <= this.#sent.length || !certain.startsWith(this.#sent)) return
    this.#piece(certain.slice(this.#sent.length))
    this.#sent = certain
  }
}
