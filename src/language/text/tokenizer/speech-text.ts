import type { Tokenizer } from './tokenizer.ts'

/** A word of a transcript, and its tokens. */
export interface SpokenWord {
  text: string
  tokens: number[]
}

/** Languages that are written without spaces between words. */
const WITHOUT_SPACES = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue'])

const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
const REPLACEMENT = '\ufffd'

/** The text of transcripts: tokens below `endOfText` are text, all others say something about it. */
export class SpeechText {
  readonly #tokenizer: Tokenizer
  readonly #endOfText: number

  constructor(tokenizer: Tokenizer, endOfText: number) {
    this.#tokenizer = tokenizer
    this.#endOfText = endOfText
  }

  /** The tokens of a text that stands before a transcript or begins it. Special tokens in it are mere text. */
  encode(text: string): number[] {
    return this.#tokenizer.encodeTarget(` ${text.trim()}`, { special: false }).filter((id) => id < this.#endOfText)
  }

  decode(ids: readonly number[]): string {
    return this.#tokenizer.decode(ids.filter((id) => id < this.#endOfText))
  }

  /** The words of text tokens; punctuation that follows a word is one of its own (openai/whisper, tokenizer.py). */
  words(ids: readonly number[], language: string): SpokenWord[] {
    const characters = this.#characters(ids)
    if (WITHOUT_SPACES.has(language)) return characters
    const words: SpokenWord[] = []
    for (const { text, tokens } of characters) {
      const begins = tokens[0] >= this.#endOfText || text.startsWith(' ') || PUNCTUATION.includes(text.trim())
      const last = words.at(-1)
      if (begins || !last) words.push({ text, tokens: [...tokens] })
      else {
        last.text += text
        last.tokens.push(...tokens)
      }
    }
    return words
  }

  /** The shortest runs of tokens that are whole characters. */
  #characters(ids: readonly number[]): SpokenWord[] {
    const decode = (some: readonly number[]) => this.#tokenizer.decode(some, { special: true })
    const whole = Array.from(decode(ids))
    const runs: SpokenWord[] = []
    let tokens: number[] = []
    let offset = 0
    for (const id of ids) {
      tokens.push(id)
      const text = decode(tokens)
      const own = Array.from(text)
      const broken = own.indexOf(REPLACEMENT)
      if (broken >= 0 && whole[offset + broken] !== REPLACEMENT) continue
      runs.push({ text, tokens })
      tokens = []
      offset += own.length
    }
    return runs
  }
}
