import { ROW, type SourceIds, withRows } from '../../base/choices/position-kinds.ts'
import { readRows, rowsIn } from './rows-text.ts'
import type { DecodeOptions, EncodeOptions, Tokenizer, TokenizerLanguages } from './tokenizer/tokenizer.ts'

/** The name of a row of real numbers among the pieces of a source. */
const ROW_PIECE = '<row>'

/**
 * The tokenizer of a model whose sources may have rows of real numbers: a source is a text as for the tokenizer within, or rows as JSON,
 * behind the code of a language if there is one.
 */
export class RowsTokenizer implements Tokenizer {
  readonly #texts: Tokenizer
  readonly #rowWidth: number
  readonly targetStart?: Tokenizer['targetStart']
  readonly languageCode?: Tokenizer['languageCode']
  readonly decodeTokens?: Tokenizer['decodeTokens']

  constructor(texts: Tokenizer, rowWidth: number) {
    this.#texts = texts
    this.#rowWidth = rowWidth
    this.targetStart = texts.targetStart?.bind(texts)
    this.languageCode = texts.languageCode?.bind(texts)
    this.decodeTokens = texts.decodeTokens?.bind(texts)
  }

  get sourceSize(): number {
    return this.#texts.sourceSize
  }

  get targetSize(): number {
    return this.#texts.targetSize
  }

  get languages(): TokenizerLanguages | undefined {
    return this.#texts.languages
  }

  get end(): number | undefined {
    return this.#texts.end
  }

  get special(): ReadonlyMap<string, number> | undefined {
    return this.#texts.special
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    const found = rowsIn(text)
    if (!found) return this.#texts.encode(text, options)
    const values = readRows(found.rows, this.#rowWidth)
    // A text of white space has the ids around any text, and the code of the target's language.
    const around = this.#texts.encode(found.code || ' ', options)
    const end = options.special === false ? around.length : around.length - 1
    const places = new Array<number>(values.length / this.#rowWidth).fill(ROW)
    return withRows([...around.slice(0, end), ...places, ...around.slice(end)], values) as SourceIds & number[]
  }

  encodeTarget(text: string, options?: EncodeOptions): number[] {
    return this.#texts.encodeTarget(text, options)
  }

  decode(ids: readonly number[], options?: DecodeOptions): string {
    return this.#texts.decode(ids, options)
  }

  decodeSource(ids: readonly number[], options?: DecodeOptions): string {
    return this.#texts.decodeSource(
      ids.filter((id) => id !== ROW),
      options,
    )
  }

  tokens(text: string, options?: EncodeOptions): string[] {
    return this.encode(text, options).map((id) => this.sourcePiece(id))
  }

  piece(id: number): string {
    return this.#texts.piece(id)
  }

  sourcePiece(id: number): string {
    return id === ROW ? ROW_PIECE : this.#texts.sourcePiece(id)
  }
}
