import type { MemoryMatch, TranslationMemory } from '../../../language/memory/index.ts'
import { splitSentences } from '../../../language/text/sentences.ts'
import type { Source, Translation } from '../translation.ts'

/** How a memory is asked. */
export interface MemoryUse {
  memory: TranslationMemory
  threshold: number
  /** Whether sentences of a text are looked up, as they are translated. */
  splits: boolean
}

/**
 * Translations of sources, some of which a memory has: whole texts, or some of their sentences. Others get the units
 * that are like them.
 */
export async function remembered(
  sources: readonly Source[],
  { memory, threshold, splits }: MemoryUse,
  translate: (sources: readonly Source[]) => Promise<Translation[]>,
): Promise<Translation[]> {
  const plans = sources.map((source) => planOf(source, memory, splits))
  const missing = plans.flatMap(({ parts }) => parts.flatMap((part) => ('source' in part ? [part.source] : [])))
  const found = missing.length ? await translate(missing) : []
  let next = 0
  return plans.map(({ text, parts, spaces }): Translation => {
    const translations = parts.map((part) => ('source' in part ? found[next++] : part.translation))
    const whole = translations.length === 1 && !spaces ? translations[0] : joined(translations, spaces!)
    if (whole.memory || text === null || threshold >= 1) return whole
    const similar = memory.similar(text, { threshold })
    return similar.length ? { ...whole, memory: similar } : whole
  })
}

/** A part of a text: what is translated, or what the memory has. */
type Part = { source: Source } | { translation: Translation }

/** `text`: the words of a source, for suggestions; `spaces`: what stands around its parts, where there are several. */
interface Plan {
  text: string | null
  parts: Part[]
  spaces: string[] | null
}

function planOf(source: Source, memory: TranslationMemory, splits: boolean): Plan {
  const text = typeof source === 'string' ? source : 'text' in source && !source.spans.length ? source.text : null
  if (text === null || !text.trim()) return { text: null, parts: [{ source }], spaces: null }
  const whole = translationIn(memory, text)
  if (whole) return { text, parts: [{ translation: whole }], spaces: null }
  const { sentences, spaces } = splits ? splitSentences(text) : NONE
  const own = sentences.map((sentence) => translationIn(memory, sentence))
  if (sentences.length < 2 || own.every((each) => !each)) return { text, parts: [{ source }], spaces: null }
  return {
    text: null,
    parts: own.map((translation, i): Part => (translation ? { translation } : { source: sentences[i] })),
    spaces,
  }
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
