import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { EncoderDescription } from '../../files/folders/encoders/read-encoder-folder.ts'
import type { Pooling } from '../../files/folders/encoders/sentence-modules.ts'
import type { PairTokenizer } from '../../language/text/pairs/index.ts'
import type { TextOrPair } from './items.ts'
import { similarityGradient, similarityOf } from './similarity.ts'
import { vectorOf } from './worker/pooled.ts'
import { poolingWeights } from './worker/pooled-gradient.ts'
import type { EncodedItem, EncodedResult, LengthLimit, Task } from './worker/tasks.ts'

/** A token as the encoder reads it. */
export interface EncoderToken {
  id: number
  token: string
  /** The text in which it stands, 0 or 1, and its range there in code units; absent for tokens around texts, and those of a prompt. */
  text?: 0 | 1
  begin?: number
  end?: number
  /** The number of the word in which it lies, counted from 0 in each text. */
  word?: number
}

/** Everything inside an encoder for one text. n is the number of its tokens. */
export interface InspectedText {
  tokens: EncoderToken[]
  types: number[]
  /** The width of states. */
  width: number
  /** After the embeddings and each layer, [n, width]; the last are the states that the pooling reads. */
  hidden: Float32Array[]
  /** The weights of each layer's attention, [heads, n, n]: row query, column key. */
  attentions: Float32Array[]
  /** The neurons of each layer's feed-forward network after their activation, [n, neurons]. */
  neurons: Float32Array[]
  /** What share each token has in the sum of a pooling, [n]; of `max`, in how many of the columns it is the greatest. */
  pooling: { kind: Pooling; shares: Float32Array }[]
  /** The vector of the text. */
  vector: Float32Array
  /** The head's answers: for the text, or for each of its tokens. */
  answers?: Float32Array
  truncated: boolean
}

/** What a token or a word has in a number: gradient × word embedding. */
export type Share<Of> = Of & { share: number }

/** The shares of a text. */
export interface TextShares {
  tokens: Share<EncoderToken>[]
  /** Sums over the tokens of each word, in the order of the texts. */
  words: Share<{ word: string; text: 0 | 1; begin: number; end: number }>[]
}

/** Which words make two texts alike. */
export interface Alike {
  /** By the measure of the folder. */
  similarity: number
  first: TextShares
  second: TextShares
}

/** Which words speak for a label. */
export interface LabelShares extends TextShares {
  label: string
  logit: number
}

/** An encoder as what looks inside sees it. */
export interface Looked {
  model: EncoderDescription
  tokenizer: PairTokenizer
  limit: LengthLimit
  prompt: string
  run(task: Task, items: readonly EncodedItem[]): Promise<EncodedResult[]>
}

/** Everything inside an encoder for one text or pair. */
export async function inspectText(looked: Looked, given: TextOrPair): Promise<InspectedText> {
  const { model, limit, prompt } = looked
  const item = { ...partsOf(given), prompt }
  const [found] = await looked.run({ ...limit, task: 'states', layers: true }, [item])
  const states = present(found.states)
  const skipped = present(found.skipped)
  const { dModel: width } = model.config
  const { poolings } = model.sentence
  const weights = poolingWeights(states, { width, skipped }, model.sentence)
  return {
    tokens: tokensOf(looked, item),
    types: present(found.types),
    width,
    hidden: present(found.hidden),
    attentions: present(found.attentions),
    neurons: present(found.neurons),
    pooling: poolings.map((kind, i) => ({ kind, shares: sharesOfRows(weights[i], width) })),
    vector: vectorOf(states, width, model.sentence, skipped),
    ...(found.logits && { answers: found.logits }),
    truncated: found.truncated,
  }
}

/** Which words make two texts alike: the gradient of the similarity by each word embedding, times the embedding. */
export async function alike(looked: Looked, texts: readonly [string, string]): Promise<Alike> {
  const { model, limit, prompt } = looked
  const items = texts.map((text) => ({ text, prompt }))
  const [a, b] = (await looked.run({ ...limit, task: 'vector' }, items)).map(({ vector }) => present(vector))
  const { similarity } = model.sentence
  const toward = [similarityGradient(similarity, a, b), similarityGradient(similarity, b, a)]
  const task: Task = { ...limit, task: 'shares', label: null }
  const found = await looked.run(
    task,
    items.map((item, i) => ({ ...item, toward: toward[i] })),
  )
  const [first, second] = found.map(({ shares }, i) => textShares(looked, items[i], present(shares)))
  return { similarity: similarityOf(similarity, a, b), first, second }
}

/** Which words speak for a label, which is the likeliest where `label` is null. @throws GlassformerError ERR_OPTION for a label that is none */
export async function labelShares(looked: Looked, given: TextOrPair, label: string | null): Promise<LabelShares> {
  const { model, limit } = looked
  const item = partsOf(given)
  const [{ logits: own }] = await looked.run({ ...limit, task: 'logits' }, [item])
  const logits = present(own)
  const index = label === null ? logits.indexOf(Math.max(...logits)) : model.labels.indexOf(label)
  if (index < 0)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'label' must be one of the model's labels (${model.labels.join(', ')}), not '${label}'`,
    )
  const [{ shares }] = await looked.run({ ...limit, task: 'shares', label: index }, [item])
  return { label: model.labels[index], logit: logits[index], ...textShares(looked, item, present(shares)) }
}

const partsOf = (given: TextOrPair): EncodedItem => (typeof given === 'string' ? { text: given } : { ...given })

/** The tokens of an item as the worker has read them. */
function tokensOf({ tokenizer, limit }: Looked, { text, pair, prompt = '' }: EncodedItem): EncoderToken[] {
  const placed = tokenizer.place(prompt + text, pair, limit)
  return placed.ids.map((id, i) => {
    const own = placed.tokens[placed.places[i]]
    const before = own?.text === 0 ? prompt.length : 0
    const named = { id, token: tokenizer.token(id) }
    if (!own || own.end <= before) return named
    return { ...named, text: own.text, begin: Math.max(0, own.begin - before), end: own.end - before, word: own.word }
  })
}

function textShares(looked: Looked, item: EncodedItem, shares: Float32Array): TextShares {
  const tokens = tokensOf(looked, item).map((token, i) => ({ ...token, share: shares[i] }))
  const words: TextShares['words'] = []
  let last: string | null = null
  for (const { text, begin, end, word, share } of tokens) {
    if (text === undefined || begin === undefined || end === undefined) continue
    const place = `${text}.${word}`
    const own = words.at(-1)
    if (own && place === last) Object.assign(own, { end: Math.max(own.end, end), share: own.share + share })
    else words.push({ word: '', text, begin, end, share })
    last = place
  }
  for (const own of words) own.word = (own.text === 0 ? item.text : (item.pair ?? '')).slice(own.begin, own.end)
  return { tokens, words }
}

/** The mean over the columns of each row. */
function sharesOfRows(weights: Float32Array, width: number): Float32Array {
  const made = new Float32Array(weights.length / width)
  for (let at = 0; at < weights.length; at++) made[Math.floor(at / width)] += weights[at] / width
  return made
}
