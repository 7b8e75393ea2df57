import { paddedTarget } from '../../../engine/decode/latents/index.ts'
import { isDecoderOnly, type ModelConfig } from '../../../engine/model/config/config.ts'
import type { LatentsSettings } from '../../../engine/model/config/latents-settings.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { TextModel } from '../models/kept-model.ts'
import type { CorpusSpec, Pair } from '../pairs/corpus.ts'
import type { PairTokenizer } from './pair-tokenizer.ts'
import { soundTokenizer } from './sounds.ts'

/**
 * The tokenizer of a model's pairs. A decoder alone learns a text as a pair: what is given, after the id with which texts begin, and what is
 * predicted, with the end.
 */
export function pairTokenizer(model: TextModel, spec: CorpusSpec): PairTokenizer {
  const { tokenizer, weights } = model
  const { config } = weights
  if (spec.format === 'audio') return soundTokenizer(model, spec)
  if (config.latents) return paddingTokenizer(tokenizer, config.latents, config)
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

/** Targets of an autoencoder are filled up with their end to whole codes. */
function paddingTokenizer(tokenizer: Tokenizer, { every }: LatentsSettings, { ids }: ModelConfig): PairTokenizer {
  return {
    encode: (text) => tokenizer.encode(text),
    encodeTarget: (text) => paddedTarget(tokenizer.encodeTarget(text), every, ids.end),
    sourcePiece: (id) => tokenizer.sourcePiece(id),
    piece: (id) => tokenizer.piece(id),
  }
}

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
