import type { PlacedText } from '../../../language/protect/span.ts'
import type { SourceToTranslate } from './engine-sources.ts'
import { TextStream } from './text-stream.ts'
import type { TranslatedSentence, TranslationMaker } from './translation-maker.ts'

/** The translation of one source, joined from the translations of its sentences, which may end in any order. */
export class SourceTranslation {
  readonly job: SourceToTranslate
  readonly #around: readonly PlacedText[]
  readonly #maker: TranslationMaker
  readonly #translated: TranslatedSentence[]
  /** The number of sentences that have not been translated. */
  #missing: number
  /** The growing text; null if the job does not stream it. */
  readonly stream: TextStream | null

  /** `around` is the text around the sentences: one part more than sentences. */
  constructor(job: SourceToTranslate, around: readonly PlacedText[], maker: TranslationMaker) {
    this.job = job
    this.#around = around
    this.#maker = maker
    this.#missing = around.length - 1
    this.#translated = new Array(this.#missing)
    const texts = around.map(({ text }) => text)
    this.stream = job.piece && this.#missing ? new TextStream(texts, (piece) => job.piece!(piece)) : null
  }

  /** Completes the translation of a source without sentences. */
  endWithoutSentences(): void {
    const [{ text, spans }] = this.#around
    if (spans.length) this.job.piece?.(text)
    this.#end()
  }

  /** Records the translation of sentence `index`; the last one completes the source. */
  finish(index: number, sentence: TranslatedSentence): void {
    this.#translated[index] = sentence
    this.stream?.end(index, sentence.translations[0].text)
    if (--this.#missing === 0) this.#end()
  }

  #end(): void {
    this.job.done(this.#maker.of(this.job, this.#around, this.#translated))
  }
}
