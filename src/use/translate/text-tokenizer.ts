import { GlassformerError, shown } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings, some } from '../../base/schema/settings.ts'
import { flag, integer, oneOf, text } from '../../base/schema/types.ts'
import type { Tokenizer } from '../../language/text/tokenizer/tokenizer.ts'
import { textSettings } from './options/options.ts'
import { languageCodes } from './sentences/language-codes.ts'

/** Side of a vocabulary: sources or translations. */
export interface SideOption extends Given<typeof sideSettings> {}

/** Options of encoding a text. */
export interface TokenizeOptions extends SideOption, Given<typeof tokenizeSettings> {}

/** Options of decoding ids. */
export interface DecodeOption extends SideOption, Given<typeof detokenizeSettings> {}

/** Converts text to ids and back with the tokenizer of a translator's model: `translator.tokenizer`. */
export class TextTokenizer {
  readonly #tokenizer: () => Tokenizer
  readonly #path: string

  /** `tokenizer` throws if the model has no tokenizer; `path` is the model's folder, for error messages. */
  constructor(tokenizer: () => Tokenizer, path: string) {
    this.#tokenizer = tokenizer
    this.#path = path
  }

  /**
   * The ids of a text, the end last. The default side is the source. Source ids are as the model reads them, after the
   * begin id and the language id if the model has such ids. The text is one sequence, not split into sentences, and may
   * be longer than the model accepts.
   * @throws GlassformerError ERR_INPUT for a value that is not a text, and if the model has no tokenizer; ERR_OPTION;
   * ERR_CLOSED
   */
  encode(text: string, options: TokenizeOptions = {}): number[] {
    const { side = 'source', sourceLanguage, targetLanguage, ...rest } = read(tokenizeSettings, options, inOptions)
    if (typeof text !== 'string') throw new GlassformerError('ERR_INPUT', `encode takes a text, not ${shown(text)}`)
    const tokenizer = this.#tokenizer()
    const { source, target } = languageCodes(tokenizer, { sourceLanguage, targetLanguage }, this.#path)
    const given = { ...rest, source, target }
    return side === 'source' ? tokenizer.encode(text, given) : tokenizer.encodeTarget(text, given)
  }

  /**
   * The ids of a target text: `encode` with side 'target'.
   * @throws GlassformerError as `encode`
   */
  encodeTarget(text: string, options: Omit<TokenizeOptions, 'side'> = {}): number[] {
    return this.encode(text, { ...options, side: 'target' })
  }

  /**
   * The text of ids; the default side is the target. Special ids (end, start, padding, languages) are left out, unless
   * `skipSpecial` is false.
   * @throws GlassformerError ERR_INPUT for an id outside the vocabulary, and if the model has no tokenizer; ERR_OPTION;
   * ERR_CLOSED
   */
  decode(ids: readonly number[], options: DecodeOption = {}): string {
    const { side = 'target', skipSpecial } = read(detokenizeSettings, options, inOptions)
    checkIds('decode', ids)
    const tokenizer = this.#tokenizer()
    const given = { special: !skipSpecial }
    return side === 'source' ? tokenizer.decodeSource(ids, given) : tokenizer.decode(ids, given)
  }

  /**
   * The piece of each id, as the vocabulary writes it ('▁student'); the default side is the target.
   * @throws GlassformerError as `decode`
   */
  pieces(ids: readonly number[], options: SideOption = {}): string[] {
    const { side = 'target' } = read(sideSettings, options, inOptions)
    checkIds('pieces', ids)
    const tokenizer = this.#tokenizer()
    return ids.map((id) => (side === 'source' ? tokenizer.sourcePiece(id) : tokenizer.piece(id)))
  }

  /**
   * The tokens of a text, as written in the vocabulary: the pieces of the ids that `encode` returns.
   * @throws GlassformerError as `encode`
   */
  tokens(text: string, options: TokenizeOptions = {}): string[] {
    return this.pieces(this.encode(text, options), { side: options.side ?? 'source' })
  }

  /**
   * The special tokens of the vocabulary with their ids: `{ '</s>': 0, '<pad>': 8000 }`.
   * @throws GlassformerError ERR_INPUT, ERR_CLOSED
   */
  get special(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#tokenizer().special ?? [])
  }

  /**
   * The id with which translations into a language begin; null if the source names the language.
   * @throws GlassformerError ERR_OPTION for a language that the model does not have; ERR_INPUT, ERR_CLOSED
   */
  targetStart(targetLanguage: string): number | null {
    const { start } = languageCodes(this.#tokenizer(), { targetLanguage }, this.#path)
    return start ?? null
  }

  /**
   * The codes of the languages that can be chosen for sources and translations; empty if the model has no such choice.
   * @throws GlassformerError ERR_INPUT, ERR_CLOSED
   */
  get languages(): { source: string[]; target: string[] } {
    const { source = [], target = [] } = this.#tokenizer().languages ?? {}
    return { source: [...source], target: [...target] }
  }
}

/** The settings of both directions. */
export const sideSettings = settings({
  side: {
    type: oneOf('source', 'target'),
    optional: true,
    otherwise: 'source to encode, target otherwise',
    says: 'whose vocabulary is meant',
  },
})

/** The settings of text to ids. */
export const tokenizeSettings = {
  ...sideSettings,
  ...some(textSettings, 'sourceLanguage', 'targetLanguage'),
  ...settings({
    pair: {
      type: text,
      optional: true,
      says: "a second text after the first, joined as the model's tokenizer joins two texts",
    },
    maxLength: {
      type: integer(1),
      optional: true,
      otherwise: 'no limit',
      says: 'the largest number of ids, including those around the text; the rest is cut off',
    },
    special: { type: flag, default: true, says: 'adds the ids around the text: end, start, language' },
  }),
}

/** The settings of ids to text. */
export const detokenizeSettings = {
  ...sideSettings,
  ...settings({
    skipSpecial: { type: flag, default: true, says: 'leaves out special ids: end, start, padding, languages' },
  }),
}

function checkIds(what: string, ids: unknown): void {
  if (!Array.isArray(ids) || !Array.from(ids).every(Number.isSafeInteger))
    throw new GlassformerError('ERR_INPUT', `${what} takes a list of ids, not ${shown(ids)}`)
}
