import type { MemoryMatch, TranslationMemory } from '../../../language/memory/index.ts'
import { splitSentences } from '../../../language/text/sentences/sentences.ts'
import type { Source, Translation } from '../translation/translation.ts'

/** How a memory is asked. */
export interface MemoryUse {
  memory: TranslationMemory
  threshold: number
  /** Whether translations begin as the best similar unit. */
  begins: boolean
  /** Whether sentences of a text are looked up, as they are translated. */
  splits: boolean
}

/** A part of a text: what is translated, with the units that it begins as, or what the memory has. */
export type Part = { source: Source; similar?: readonly MemoryMatch[] } | { translation: Translation }

/** `text`: the words of a source, for suggestions; `spaces`: what stands around its parts, where there are several. */
export interface Plan {
  text: string | null
  parts: Part[]
  spaces: string[] | null
}

/** A source's translation from those of its parts, with the units that are like it. */
export function assembled(
  { text, spaces }: Plan,
  translations: readonly Translation[],
  { memory, threshold }: MemoryUse,
): Translation {
  const whole = spaces ? joined(translations, spaces) : translations[0]
  if (whole.memory || text === null || threshold >= 1) return whole
  const similar = memory.similar(text, { threshold })
  return similar.length ? { ...whole, memory: similar } : whole
}

export function planOf(source: Source, use: MemoryUse): Plan {
  const { memory } = use
  const text = typeof source === 'string' ? source : 'text' in source && !source.spans.length ? source.text : null
  if (text === null || !text.trim()) return { text: null, parts: [{ source }], spaces: null }
  const whole = translationIn(memory, text)
  if (whole) return { text, parts: [{ translation: whole }], spaces: null }
  const { sentences, spaces } = use.splits ? splitSentences(text) : NONE
  // A part that begins as a similar unit has been looked up.
  if (sentences.length < 2)
    return { text: use.begins ? null : text, parts: [openPart(source, text, use)], spaces: null }
  const parts = sentences.map((sentence): Part => {
    const translation = translationIn(memory, sentence)
    return translation ? { translation } : openPart(sentence, sentence, use)
  })
  const isKnown = parts.some((part) => 'translation' in part || part.similar)
  return isKnown ? { text: null, parts, spaces } : { text, parts: [{ source }], spaces: null }
}

/** A part that is translated; with similar units where its translation is to begin as the best of these. */
function openPart(source: Source, text: string, { memory, threshold, begins }: MemoryUse): Part {
  const similar = begins && threshold < 1 ? memory.similar(text, { threshold }) : []
  return similar.length ? { source, similar } : { source }
}

const NONE = { sentences: [], spaces: [] }

function translationIn(memory: TranslationMemory, text: string): Translation | null {
  const unit = memory.find(text)
  if (!unit) return null
  const before = text.slice(0, text.length - text.trimStart().length)
  const after = text.slice(text.trimEnd().length)
  const match: MemoryMatch = { ...unit, score: 1 }
  return {
    text: before + unit.target + after,
    score: 0,
    ids: [],
    tokenScores: [],
    finishReason: 'end',
    memory: [match],
  }
}

/** A text from the translations of its sentences. */
const joined = (translations: readonly Translation[], spaces: readonly string[]): Translation => ({
  text: spaces.map((space, i) => (i ? translations[i - 1].text : '') + space).join(''),
  score: translations.reduce((sum, { score }) => sum + score, 0),
  ids: translations.flatMap(({ ids }) => ids),
  tokenScores: translations.flatMap(({ tokenScores }) => tokenScores),
  finishReason: translations.find(({ finishReason }) => finishReason !== 'end')?.finishReason ?? 'end',
  memory: translations.flatMap(({ memory = [] }) => memory),
})
