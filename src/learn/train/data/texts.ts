import type { TokenPair } from '../../../engine/decode/step/index.ts'
import { isDecoderOnly } from '../../../engine/model/config.ts'
import type { Tokenizer } from '../../../language/text/tokenizer.ts'
import type { TextModel } from '../text-model.ts'
import type { Pair } from './corpus.ts'

/** Makes ids of the pairs of a training. */
export interface PairTokenizer extends Pick<Tokenizer, 'encode' | 'encodeTarget' | 'sourcePiece' | 'piece'> {
  /** Whether source and target are one text: the source may then be empty, and both together must fit the model. */
  readonly areWhole?: boolean
}

/**
 * The tokenizer of a model's pairs. A decoder alone learns a text as a pair: what is given, behind the id with which texts begin, and what is
 * predicted, with the end.
 */
export function pairTokenizer({ tokenizer, weights: { config } }: TextModel): PairTokenizer {
  if (!isDecoderOnly(config)) return tokenizer
  const { sourceStart, start, end } = config.ids
  const first = sourceStart ?? start ?? end
  const plain = (text: string) => (text === '' ? [] : tokenizer.encode(text, { special: false }))
  return {
    areWhole: true,
    encode: (text) => [first, ...plain(text)],
    encodeTarget: (text) => [...plain(text), end],
    sourcePiece: (id) => tokenizer.sourcePiece(id),
    piece: (id) => tokenizer.piece(id),
  }
}

/** The number of tokens that a model reads at once for a pair. */
export const tokensRead = ({ source, target }: TokenPair, { areWhole = false }: PairTokenizer): number =>
  areWhole ? source.length + target.length - 1 : Math.max(source.length, target.length)

/**
 * Texts, of which longer ones than `longest` tokens are cut where white space is. A text whose beginning is given stays whole, and a word by
 * itself too.
 */
export function cutTexts(pairs: AsyncIterable<Pair>, tokenizer: PairTokenizer, longest: number): AsyncIterable<Pair> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const pair of pairs) {
        if (pair.source !== '' || tokenizer.encodeTarget(pair.target).length <= longest) yield pair
        else for (const target of parts(pair.target, tokenizer, longest)) yield { source: '', target }
      }
    },
  }
}

function* parts(text: string, tokenizer: PairTokenizer, longest: number): Generator<string> {
  let [part, tokens] = ['', 1]
  for (const word of text.match(/\s*\S+/g) ?? []) {
    const own = tokenizer.encodeTarget(word).length - 1
    if (part !== '' && tokens + own > longest) {
      yield part
      part = ''
      tokens = 1
    }
    part += part === '' ? word.trimStart() : word
    tokens += own
  }
  if (part !== '') yield part
}
