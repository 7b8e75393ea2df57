import { GlassformerError, shownJson } from '../../../base/errors.ts'
import { LONGEST_PIECE } from '../../../base/limits.ts'
import { entryOf } from '../../../base/present.ts'
import { type DecodeOptions, ended, type Tokenizer } from './tokenizer.ts'

export interface WordLists {
  /**
   * The list of words, one word per line; the id of a word is its line number, from 0. The list contains the words
   * below.
   */
  source: string
  /** The list of the target language; default: the list of the source language. */
  target?: string
  /** The word that replaces an unknown word; default `<unk>`. */
  unknown?: string
  /** The word that ends a sentence; default `</s>`. */
  end?: string
  /** Words that decode to nothing, if the list has them; default `<pad>` and `<s>`. The end always decodes to nothing. */
  silent?: readonly string[]
  /**
   * The suffix of a word that continues in the next word, `@@` for instance: both words are joined to one. With '' all
   * words are joined. Default: no words are joined.
   */
  joiner?: string
  /** The id with which sources begin; default: none. */
  sourceStart?: number
  /** The file or folder, for errors. */
  where: string
}

/**
 * A tokenizer over lists of words: it splits a text at white space. Throws ERR_TOKENIZER_FORMAT if a list is damaged.
 */
export function createWordsTokenizer(lists: WordLists): Tokenizer {
  const { unknown = '<unk>', end = '</s>', silent = ['<pad>', '<s>'], joiner, sourceStart, where } = lists
  const source = readWordList(lists.source, where, [unknown, end])
  const target = lists.target === undefined ? source : readWordList(lists.target, where, [unknown, end])
  const decode = (ids: readonly number[], list: WordList, { special = false }: DecodeOptions = {}) => {
    const words = ids.map((id) => wordOf(list, id))
    return join(
      words.filter((word) => special || (word !== end && !silent.includes(word))),
      joiner,
    )
  }
  const cut =
    ({ ids }: WordList) =>
    (text: string) => {
      // Trainings write lists with composed characters (NFC).
      return wordsOf(text).map((word) => ids.get(word) ?? ids.get(word.normalize('NFC')) ?? entryOf(ids, unknown))
    }
  return {
    sourceSize: source.words.length,
    targetSize: target.words.length,
    special: new Map(
      [end, unknown, ...silent].flatMap((word) =>
        target.ids.has(word) ? [[word, entryOf(target.ids, word)] as const] : [],
      ),
    ),
    encode: (text, options = {}) => ended(cut(source), text, options, entryOf(source.ids, end), sourceStart),
    encodeTarget: (text, options = {}) => ended(cut(target), text, options, entryOf(target.ids, end)),
    decode: (ids, options) => decode(ids, target, options),
    decodeSource: (ids, options) =>
      decode(
        ids.filter((id) => id !== sourceStart),
        source,
        options,
      ),
    piece: (id) => wordOf(target, id),
    sourcePiece: (id) => wordOf(source, id),
  }
}

/**
 * A segmented text in normal spelling: joiners and the white space after them are removed; with '' all white space is
 * removed.
 */
export const joinedText = (text: string, joiner: string): string => join(wordsOf(text), joiner)

const wordsOf = (text: string) => text.split(/\s+/).filter((word) => word !== '')

/**
 * Joins words by spaces. A word that ends with the joiner loses it, and is joined to the next word without a space; every word ends with
 * ''.
 */
function join(words: readonly string[], joiner?: string): string {
  if (joiner === undefined) return words.join(' ')
  if (joiner === '') return words.join('')
  let text = ''
  let isOpen = true
  for (const word of words) {
    const space = isOpen ? '' : ' '
    isOpen = word.endsWith(joiner)
    text += space + (isOpen ? word.slice(0, -joiner.length) : word)
  }
  return text
}

interface WordList {
  words: string[]
  ids: Map<string, number>
}

function readWordList(text: string, where: string, required: readonly string[]): WordList {
  const damaged = (what: string) =>
    new GlassformerError('ERR_TOKENIZER_FORMAT', `${where}: not a usable word list: ${what}. Expected one word a line.`)
  const words: string[] = []
  const ids = new Map<string, number>()
  for (const word of linesOf(text)) {
    const id = words.length
    if (word === '' || /\s/.test(word)) throw damaged(`line ${id + 1} is ${shownJson(word)}`)
    if (word.length > LONGEST_PIECE) throw damaged(`line ${id + 1} has more than ${LONGEST_PIECE} characters`)
    if (ids.has(word)) throw damaged(`lines ${entryOf(ids, word) + 1} and ${id + 1} are both ${shownJson(word)}`)
    words.push(word)
    ids.set(word, id)
  }
  for (const word of required) if (!ids.has(word)) throw damaged(`the word ${word} is missing`)
  return { words, ids }
}

/** Iterates over the lines of a text, so that a reader that stops at a fault needs no memory for the rest. */
export function* linesOf(text: string): Generator<string> {
  for (let begin = 0; begin < text.length; ) {
    const found = text.indexOf('\n', begin)
    const end = found < 0 ? text.length : found
    yield text.slice(begin, found > begin && text[found - 1] === '\r' ? found - 1 : end)
    begin = end + 1
  }
}

function wordOf({ words }: WordList, id: number): string {
  const word = words[id]
  if (word !== undefined) return word
  throw new GlassformerError(
    'ERR_INPUT',
    `there is no word with id ${id}: this list has the ids 0 to ${words.length - 1}`,
  )
}
