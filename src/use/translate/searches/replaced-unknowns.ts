import type { Found } from '../../../engine/decode/search/index.ts'
import type { CopiedToken } from '../translation/translation.ts'
import type { SearchInput, SentenceSearch, SentenceTranslation } from './sentence-search.ts'

/** Parts of a model that replace unknown tokens. */
export interface Replacing {
  /** The id of unknown tokens. */
  unknown: number
  /** The attention of the alignment head, [target, source] row by row. */
  attention(source: readonly number[], target: readonly number[]): Float32Array
  /** The places [first, end) of a source's own tokens, without those that the model's folder adds around them. */
  own(source: readonly number[]): readonly [first: number, end: number]
  /** The text of a translation with these tokens in place of some ids; null if the tokenizer can only decode ids. */
  text(input: SearchInput, ids: readonly number[], copied: readonly CopiedToken[]): string | null
}

/**
 * A search that replaces each unknown token of a translation by the source token that it attends to most. A text with
 * protected units is left as it is.
 */
export function* replacedUnknowns(search: SentenceSearch, replacing: Replacing): SentenceSearch {
  let step = search.next(NOTHING_FOUND)
  let input: SearchInput = { source: [] }
  while (!step.done) {
    input = step.value
    step = search.next(yield { ...input, isHeld: true })
  }
  return step.value.map((translation) => replaced(translation, input, replacing))
}

const NOTHING_FOUND: readonly Found[] = []

function replaced(translation: SentenceTranslation, input: SearchInput, replacing: Replacing): SentenceTranslation {
  const { ids, spans } = translation
  if (!ids.includes(replacing.unknown) || spans.length) return translation
  const width = input.source.length
  const weights = replacing.attention(input.source, ids)
  const [first, end] = replacing.own(input.source)
  const copied = ids.flatMap((id, target) => {
    const row = weights.subarray(target * width + first, target * width + end)
    return id === replacing.unknown ? [{ target, source: first + largest(row) }] : []
  })
  return { ...translation, copied, text: replacing.text(input, ids, copied) ?? translation.text }
}

/** The index of the largest value. */
const largest = (values: Float32Array): number =>
  values.reduce((best, value, i) => (value > values[best] ? i : best), 0)
