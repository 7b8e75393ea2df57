import { ROW, type SourceIds, withRows } from '../../base/choices/position-kinds.ts'
import { GlassformerError } from '../../base/errors.ts'
import type { DecodeOptions, EncodeOptions, Tokenizer, TokenizerLanguages } from './tokenizer/tokenizer.ts'

/** The name of a row of real numbers among the pieces of a source. */
const ROW_PIECE = '<row>'

/**
 * The tokenizer of a model whose sources may have rows of real numbers: a source is a text as for the tokenizer within, or rows as JSON,
 * after the code of a language if there is one.
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

const ROWS = /^((?:>>[^<>\s]+<<)?)\s*(\[\s*\[.*)$/s

/** A source that is written as rows of real numbers, a list of lists in JSON, and the code of a language before them; null for other texts. */
export function rowsIn(text: string): { code: string; rows: string } | null {
  const [, code, rows] = ROWS.exec(text.trimStart()) ?? []
  return rows === undefined ? null : { code, rows }
}

/**
 * The numbers of rows of `width`, end to end, of a source such as `[[0, 0.5], [1, 0.25]]`.
 * @throws GlassformerError ERR_INPUT for a text that is not JSON, rows of another width, and numbers that float32 does not have
 */
export function readRows(rows: string, width: number): Float32Array {
  const refused = (why: string) =>
    new GlassformerError(
      'ERR_INPUT',
      `a source that begins with [[ has rows of real numbers as JSON (“${rows.slice(0, 40)}…”): ${why}`,
    )
  const list = parsed(rows)
  if (!list) throw refused('it is no JSON, which has no NaN either')
  const values = new Float32Array(list.length * width)
  list.forEach((row, r) => {
    if (!Array.isArray(row) || row.length !== width)
      throw refused(`row ${r} must be a list of ${width} numbers, not ${shownRow(row)}`)
    row.forEach((value: unknown, i) => {
      if (typeof value !== 'number' || !Number.isFinite(Math.fround(value)))
        throw refused(`number ${i} of row ${r} must be a finite number of 32 bits, not ${JSON.stringify(value)}`)
      values[r * width + i] = value
    })
  })
  return values
}

function parsed(text: string): readonly unknown[] | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const shownRow = (row: unknown) => (Array.isArray(row) ? `one of ${row.length}` : JSON.stringify(row))
