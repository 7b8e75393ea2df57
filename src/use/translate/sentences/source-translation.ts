import { lastOf, present } from '../../../base/present.ts'
import type { PlacedText } from '../../../language/protect/span.ts'
import type { SourceToTranslate } from './engine-sources.ts'
import { chosenPassage } from './passages.ts'
import type { Group, PreparedText } from './prepared-sentence.ts'
import type { TranslatedSentence, TranslationMaker } from './translation-maker.ts'

/**
 * The end of a text that more ids may change. Incomplete bytes of a character decode to U+FFFD, and `cleanUpSpaces` may
 * remove the space before letters that may become an English contraction.
 */
const UNCERTAIN = /(?: (?:n?'?|'[vr]))?\uFFFD*$/

/** Turns growing sentences into pieces of one text. The sentences may become known out of order. */
export class TextStream {
  readonly #spaces: readonly string[]
  readonly #piece: (text: string) => void
  /** The whole texts of sentences after the current one. */
  readonly #ended = new Map<number, string>()
  /** The first sentence that has not ended, and the length of its text that has been sent. */
  #current = 0
  #sent = 0
  #pending: string

  /** `spaces` holds the text before each sentence, and the text after the last. */
  constructor(spaces: readonly string[], piece: (text: string) => void) {
    this.#spaces = spaces
    this.#piece = piece
    this.#pending = spaces[0]
  }

  /** Takes the text of the first ids of sentence `index`. */
  grow(index: number, text: () => string): void {
    if (index !== this.#current) return
    this.#add(text().replace(UNCERTAIN, ''))
    this.#send()
  }

  /** Takes the whole text of sentence `index`. */
  end(index: number, text: string): void {
    this.#ended.set(index, text)
    if (index !== this.#current) return
    for (let text = this.#take(); text !== undefined; text = this.#take()) {
      this.#add(text)
      this.#pending += this.#spaces[++this.#current]
      this.#sent = 0
    }
    this.#send()
  }

  #send(): void {
    if (this.#pending) this.#piece(this.#pending)
    this.#pending = ''
  }

  /** Removes and returns the text of the current sentence, if the sentence has ended. */
  #take(): string | undefined {
    const text = this.#ended.get(this.#current)
    this.#ended.delete(this.#current)
    return text
  }

  #add(text: string): void {
    this.#pending += text.slice(this.#sent)
    this.#sent = text.length
  }
}

/** A group of sentences, of which some have been translated. */
interface OpenGroup extends Group {
  index: number
  /** The number of searches that have not ended: those of the sentences, and of the passage. */
  missing: number
  /** The translation of the sentences as one, where it is there, and may stand in their place. */
  whole: TranslatedSentence | null
}

/** The translation of one source, joined from the translations of its sentences, which may end in any order. */
export class SourceTranslation {
  readonly job: SourceToTranslate
  readonly #around: readonly PlacedText[]
  readonly #maker: TranslationMaker
  readonly #locale: string | undefined
  readonly #translated: TranslatedSentence[]
  readonly #groups: readonly OpenGroup[]
  /** The group of each sentence. */
  readonly #groupOf: OpenGroup[] = []
  /** The number of groups that have not been translated. */
  #missing: number
  /** The growing text; null if the job does not stream it. */
  readonly #stream: TextStream | null

  /** `locale` is the language of the translation, where it is known. */
  constructor(
    job: SourceToTranslate,
    { around, groups }: Pick<PreparedText, 'around' | 'groups'>,
    maker: TranslationMaker,
    locale?: string,
  ) {
    this.job = job
    this.#around = around
    this.#maker = maker
    this.#locale = locale
    this.#translated = new Array(around.length - 1)
    this.#groups = groups.map((group, index) => ({
      ...group,
      index,
      missing: group.after - group.first + (group.passage ? 1 : 0),
      whole: null,
    }))
    for (const group of this.#groups) for (let i = group.first; i < group.after; i++) this.#groupOf.push(group)
    this.#missing = groups.length
    const texts = [...groups.map(({ first }) => around[first].text), lastOf(around).text]
    this.#stream = job.piece && this.#missing ? new TextStream(texts, (piece) => present(job.piece)(piece)) : null
  }

  /** Completes the translation of a source without sentences. */
  endWithoutSentences(): void {
    const [{ text, spans }] = this.#around
    if (spans.length) this.job.piece?.(text)
    this.#end()
  }

  /** Takes the first text of sentence `index` as it grows; null where the text is not streamed before it is whole. */
  growing(index: number): ((text: () => string) => void) | null {
    const group = this.#groupOf[index]
    const stream = this.#stream
    return stream && !group.passage ? (text) => stream.grow(group.index, text) : null
  }

  /** Records the translation of sentence `index`; the last one completes the source. */
  finish(index: number, sentence: TranslatedSentence): void {
    this.#translated[index] = sentence
    this.#settle(this.#groupOf[index])
  }

  /** Records the translation of the sentences of a group as one. */
  finishPassage(group: number, passage: TranslatedSentence): void {
    this.#groups[group].whole = passage
    this.#settle(this.#groups[group])
  }

  #settle(group: OpenGroup): void {
    if (--group.missing > 0) return
    const { first, after } = group
    const sentences = this.#translated.slice(first, after)
    const between = this.#around.slice(first + 1, after).map(({ text }) => text)
    if (group.whole)
      group.whole = chosenPassage(group.whole, sentences, {
        between,
        locale: this.#locale,
        minConfidence: this.job.options.minConfidence,
        trainedOn: this.#maker.trainedOn,
      })
    const texts = sentences.map(({ translations: [{ text }] }, i) => (i ? between[i - 1] : '') + text)
    this.#stream?.end(group.index, group.whole?.translations[0].text ?? texts.join(''))
    if (--this.#missing === 0) this.#end()
  }

  #end(): void {
    const around: PlacedText[] = []
    const translated: TranslatedSentence[] = []
    for (const { first, after, whole } of this.#groups) {
      around.push(...this.#around.slice(first, whole ? first + 1 : after))
      translated.push(...(whole ? [whole] : this.#translated.slice(first, after)))
    }
    around.push(lastOf(this.#around))
    this.job.done(this.#maker.of(this.job, around, translated))
  }
}
