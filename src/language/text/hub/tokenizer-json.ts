import { type AddedToken, AddedTokens, readAddedTokens } from './added-tokens.ts'
import { HubBpe } from './bpe.ts'
import { createDecoder } from './decoders.ts'
import { createNormalizer } from './normalizers.ts'
import type { Pipeline } from './pipeline.ts'
import { createPreTokenizer } from './pre-tokenizers.ts'
import { Spec } from './spec.ts'
import { readTemplate } from './template.ts'
import { HubUnigram } from './unigram.ts'
import { type Cut, readVocabulary, type Vocabulary } from './vocabulary.ts'

/**
 * WordPiece as in the tokenizers library (Wu et al. 2016; BERT): the longest piece from the left, again and again; a word that cannot be cut so is
 * one unknown token, and so is a word that is too long.
 */
class WordPiece implements Cut {
  readonly vocabulary: Vocabulary
  readonly unknown: number
  readonly #prefix: string
  readonly #longestWord: number
  /** The longest piece in code units, which bounds the search. */
  readonly #longestPiece: number

  constructor(spec: Spec) {
    this.vocabulary = readVocabulary(Object.entries(spec.object('vocab')), spec)
    this.#prefix = spec.text('continuing_subword_prefix', '##')
    this.#longestWord = spec.natural('max_input_chars_per_word', 100)
    const unknown = this.vocabulary.ids.get(spec.text('unk_token', '[UNK]'))
    if (unknown === undefined) throw spec.wrong('unk_token', 'a token of the vocabulary')
    this.unknown = unknown
    this.#longestPiece = this.vocabulary.tokens.reduce((most, token) => Math.max(most, token?.length ?? 0), 0)
  }

  spelling(id: number): string {
    const token = this.vocabulary.tokens[id] ?? ''
    return token.startsWith(this.#prefix) ? token.slice(this.#prefix.length) : token
  }

  idsOf(word: string): number[] {
    if (word.length > this.#longestWord && Array.from(word).length > this.#longestWord) return [this.unknown]
    const ids: number[] = []
    for (let begin = 0; begin < word.length; ) {
      const prefix = begin > 0 ? this.#prefix : ''
      let end = Math.min(word.length, begin + this.#longestPiece)
      let id: number | undefined
      for (; end > begin; end--) {
        id = this.vocabulary.ids.get(prefix + word.slice(begin, end))
        if (id !== undefined) break
      }
      if (id === undefined) return [this.unknown]
      ids.push(id)
      begin = end
    }
    return ids
  }
}

/** The maximum number and length of words with cached ids. */
const MOST_WORDS = 10_000
const LONGEST_WORD = 64

/**
 * The tokenizer that a parsed tokenizer.json describes; ids and texts equal those of the tokenizers library. `where`
 * names the file in errors.
 */
export function tokenizerJson(json: unknown, where: string): WordPipeline {
  const spec = new Spec(json, where, '')
  const normalizer = spec.part('normalizer')
  const preTokenizer = spec.part('pre_tokenizer')
  const decoder = spec.part('decoder')
  const model = createCut(spec.part('model') ?? missingModel(spec))
  const normalize = normalizer === null ? (text: string) => text : createNormalizer(normalizer)
  const preTokenize = preTokenizer === null ? (text: string) => [text] : createPreTokenizer(preTokenizer)
  const decode = decoder === null ? null : createDecoder(decoder)
  const added = new AddedTokens(readAddedTokens(spec), normalize)
  const words = new Map<string, number[]>()
  const idsOfWord = (word: string): number[] => {
    const known = words.get(word)
    if (known !== undefined) return known
    const ids = model.idsOf(word)
    if (words.size < MOST_WORDS && word.length <= LONGEST_WORD) words.set(word, ids)
    return ids
  }
  return {
    tokens: withAdded(model.vocabulary.tokens, added.tokens),
    added: added.tokens,
    canCleanUp: !(model instanceof HubBpe),
    template: readTemplate(spec.part('post_processor')),
    idsOfWord,
    continues: !!spec.part('model')?.value('continuing_subword_prefix'),
    spelling: (id) => (id === model.unknown ? null : (model.spelling?.(id) ?? model.vocabulary.tokens[id] ?? '')),
    idsOf(text) {
      const ids: number[] = []
      for (const part of added.split(wellFormed(text))) {
        if ('id' in part) ids.push(part.id)
        else
          for (const word of preTokenize(part.text, part.begin === 0))
            if (word !== '') for (const id of idsOfWord(word)) ids.push(id)
      }
      return ids
    },
    textOf: (tokens) => (decode === null ? tokens.join(' ') : decode(tokens).join('')),
  }
}

/** A pipeline whose words can be looked up one by one. */
export interface WordPipeline extends Pipeline {
  idsOfWord(word: string): readonly number[]
  /** Whether tokens inside of words have a prefix. */
  readonly continues: boolean
  /** The part of a word that a token of it stands for; null for the unknown token, which stands for any. */
  spelling(id: number): string | null
}

/** The tokens of a vocabulary, and the added tokens at their ids. */
export function withAdded(
  vocabulary: readonly (string | undefined)[],
  added: readonly AddedToken[],
): (string | undefined)[] {
  const tokens = [...vocabulary]
  for (const { id, content } of added) {
    while (tokens.length < id) tokens.push(undefined)
    tokens[id] = content
  }
  return tokens
}

/** A text with U+FFFD in place of lone surrogates. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')

function createCut(model: Spec): Cut {
  // Old files have no type: a unigram model is then recognized by its list.
  const type = model.text('type', Array.isArray(model.value('vocab')) ? 'Unigram' : 'BPE')
  if (type === 'Unigram') return new HubUnigram(model)
  if (type === 'BPE') return new HubBpe(model)
  if (type === 'WordPiece') return new WordPiece(model)
  throw model.unsupported(['Unigram', 'BPE', 'WordPiece'])
}

function missingModel(spec: Spec): never {
  throw spec.damaged('the model is missing')
}
