import { lastOf } from '../../base/present.ts'
import type { PairTokenizer } from '../../language/text/pairs/index.ts'
import { softmax } from './worker/softmax.ts'
import type { ClassifiedToken } from './worker/tasks.ts'

/** A token with its label, or several tokens that are one entity. */
export interface Entity {
  /** The label; that of an entity without its B- or I-. */
  label: string
  score: number
  word: string
  /** The range of the text, in code units. */
  begin: number
  end: number
  /** The place of a token among the ids of its text; absent for entities of several. */
  index?: number
}

export type Aggregation = 'none' | 'simple' | 'first' | 'average' | 'max'

interface Scored {
  tokens: ClassifiedToken[]
  scores: Float64Array
  word: string
  begin: number
  end: number
}

/** Tokens or entities of a text as the token-classification pipeline of transformers finds them (Hugging Face's strategies). */
export function entitiesOf(
  classified: readonly ClassifiedToken[],
  text: string,
  { labels, aggregation, ignored }: { labels: readonly string[]; aggregation: Aggregation; ignored: readonly string[] },
  tokenizer: PairTokenizer,
): Entity[] {
  const tokens = classified.map((token) => ({ ...token, scores: softmax(token.logits) }))
  const best = (scores: Float64Array) => scores.reduce((most, score, i) => (score > scores[most] ? i : most), 0)
  const single = (token: (typeof tokens)[number]): Entity => {
    const label = best(token.scores)
    const word = token.isUnknown ? text.slice(token.begin, token.end) : token.token
    return {
      label: labels[label],
      score: token.scores[label],
      index: token.index,
      word,
      begin: token.begin,
      end: token.end,
    }
  }
  const isKept = ({ label }: Entity) => !ignored.includes(label)
  if (aggregation === 'none') return tokens.map(single).filter(isKept)
  const words: Entity[] =
    aggregation === 'simple'
      ? tokens.map(single)
      : wordsOf(tokens, text).map((word) => {
          const scores = wordScores(
            word.tokens.map(({ logits }) => softmax(logits)),
            aggregation,
          )
          const label = best(scores)
          const spelled = tokenizer.pipeline.textOf(
            word.tokens.map((token) => spelling(token, text)),
            () => false,
          )
          return { label: labels[label], score: scores[label], word: spelled, begin: word.begin, end: word.end }
        })
  return grouped(words, tokenizer).filter(isKept)
}

const spelling = (token: ClassifiedToken, text: string) =>
  token.isUnknown ? text.slice(token.begin, token.end) : token.token

/** Tokens that go on with a word belong to it. */
function wordsOf(tokens: readonly ClassifiedToken[], text: string): Omit<Scored, 'scores'>[] {
  const words: Omit<Scored, 'scores'>[] = []
  for (const token of tokens) {
    const last = words.at(-1)
    if (last && token.continuesWord) {
      last.tokens.push(token)
      last.end = token.end
    } else words.push({ tokens: [token], word: spelling(token, text), begin: token.begin, end: token.end })
  }
  return words
}

function wordScores(tokens: readonly Float64Array[], aggregation: 'first' | 'average' | 'max'): Float64Array {
  if (aggregation === 'first') return tokens[0]
  if (aggregation === 'max') {
    const most = (scores: Float64Array) => scores.reduce((a, b) => Math.max(a, b), 0)
    return tokens.reduce((best, scores) => (most(scores) > most(best) ? scores : best))
  }
  return tokens[0].map((_, label) => tokens.reduce((sum, scores) => sum + scores[label], 0) / tokens.length)
}

/** Neighbours with the same label are one entity, unless the second begins one (B-). */
function grouped(words: readonly Entity[], tokenizer: PairTokenizer): Entity[] {
  const groups: Entity[][] = []
  for (const word of words) {
    const last = groups.at(-1)?.at(-1)
    const [begins, tag] = tagOf(word.label)
    if (last && tagOf(last.label)[1] === tag && !begins) lastOf(groups).push(word)
    else groups.push([word])
  }
  return groups.map((group) => ({
    label: tagOf(group[0].label)[1],
    score: group.reduce((sum, { score }) => sum + score, 0) / group.length,
    word: tokenizer.pipeline.textOf(
      group.map(({ word }) => word),
      () => false,
    ),
    begin: group[0].begin,
    end: lastOf(group).end,
  }))
}

/** Whether a label begins an entity, and the kind of entity: a label without B- or I- goes on. */
function tagOf(label: string): [boolean, string] {
  if (label.startsWith('B-')) return [true, label.slice(2)]
  if (label.startsWith('I-')) return [false, label.slice(2)]
  return [false, label]
}
