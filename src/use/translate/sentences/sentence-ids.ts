import { GlassformerError } from '../../../base/errors.ts'
import { isDecoderOnly, type ModelConfig, sourceEndOf } from '../../../engine/model/config/config.ts'
import { afterStart, type EncodeOptions, type Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { Side } from '../../../workers/jobs/job-kind.ts'
import { unmarked } from '../translation/sources.ts'
import type { Source } from '../translation/translation.ts'

/** Converts sentences to ids that a model accepts: with their end, and at most as long as it can read. */
export class SentenceIds {
  readonly #tokenizer: Tokenizer | null
  readonly #config: ModelConfig
  readonly #path: string

  /** `path` is the model's folder, for error messages. */
  constructor(tokenizer: Tokenizer | null, config: ModelConfig, path: string) {
    this.#tokenizer = tokenizer
    this.#config = config
    this.#path = path
  }

  /**
   * The ids of a text, or the given ids, with the end; a text is one sentence.
   * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG
   */
  of(given: Source, side: Side, languages?: EncodeOptions): number[] {
    if (isDecoderOnly(this.#config)) return this.#partOf(given, side)
    const source = unmarked(given)
    if (typeof source === 'string') return this.fit(this.encode(source, side, languages), side, SHORTER, source)
    this.#checkVocabulary(source, side)
    const { ids } = this.#config
    const end = side === 'source' ? sourceEndOf(ids) : ids.end
    const ended = end === null || source.at(-1) === end ? source : [...source, end]
    const whole = afterStart(side === 'source' ? ids.sourceStart : undefined, ended)
    return this.fit(whole, side, FEWER)
  }

  /** The ids of a prompt, of which there is at least one, or of what follows it, for a decoder alone. */
  #partOf(given: Source, side: Side): number[] {
    const source = unmarked(given)
    const isText = typeof source === 'string'
    if (!isText) this.#checkVocabulary(source, side)
    const ids = isText ? this.encode(source, side, { special: false }) : source
    if (side === 'target') return this.fit([...ids], side, FEWER)
    const { sourceStart, start, end } = this.#config.ids
    const whole = afterStart(sourceStart, ids)
    return this.fit(whole.length ? whole : [start ?? end], 'prompt', isText ? SHORTER_PROMPT : FEWER)
  }

  /**
   * The ids of a source to be traced, with its text if it has one. Ids of a target are taken as they are, because a
   * target may be traced before its end.
   */
  traced(given: Source, side: Side, languages: EncodeOptions): { ids: number[]; text: string | null } {
    const source = unmarked(given)
    if (typeof source === 'string') return { ids: this.of(source, side, languages), text: source }
    if (side === 'source') return { ids: this.of(source, side), text: null }
    this.#checkVocabulary(source, side)
    return { ids: this.fit([...source], side, FEWER), text: null }
  }

  /**
   * The ids of a text, however many; for an empty text the end alone.
   * @throws GlassformerError ERR_INPUT if the model takes only ids
   */
  encode(text: string, side: Side, languages: EncodeOptions = {}): number[] {
    if (!this.#tokenizer)
      throw new GlassformerError(
        'ERR_INPUT',
        `${this.#path} has no tokenizer: give ${side === 'target' ? 'the target as ids, not as a text' : 'lists of ids instead of texts'}`,
      )
    return side === 'source' ? this.#tokenizer.encode(text, languages) : this.#tokenizer.encodeTarget(text, languages)
  }

  /** @throws GlassformerError ERR_INPUT */
  #checkVocabulary(given: readonly number[], side: Side): void {
    const { sourceVocabulary, targetVocabulary } = this.#config
    const size = side === 'source' ? sourceVocabulary : targetVocabulary
    for (const id of given)
      if (!Number.isInteger(id) || id < 0 || id >= size)
        throw new GlassformerError('ERR_INPUT', `id ${id} is outside the ${side} vocabulary of ${size}`)
  }

  /**
   * The same ids, checked.
   * @throws GlassformerError ERR_INPUT_TOO_LONG, with advice, if the model cannot read so many
   */
  fit(ids: number[], what: Side | 'sentence' | 'prompt', advice: string, text?: string): number[] {
    const { maxLength } = this.#config
    if (ids.length <= maxLength) return ids
    const start = text === undefined ? '' : ` (“${text.trim().slice(0, 40)}…”)`
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `a ${what} of ${ids.length} tokens${start} is longer than the model's ${maxLength}: ${advice}`,
    )
  }
}

/** Advice for a text, or ids, that are too long. */
export const SHORTER = 'break it into shorter sentences'
const SHORTER_PROMPT = 'leave its beginning out'
const FEWER = 'give fewer ids at once'
