import type { MemoryMatch, TranslationMemory } from '../../../language/memory/index.ts'
import { splitSentences } from '../../../language/text/sentences.ts'
import type { Source, Translation } from '../translation.ts'

/** How a memory is asked. */
export interface MemoryUse {
  memory: TranslationMemory
  threshold: number
  /** Whether translations begin as the best similar unit. */
  begins: boolean
  /** Whether sentences of a text are looked up, as they are translated. */
  splits: boolean
}

/**
 * Translations of sources, some of which a memory has: whole texts, or some of their sentences. Others get the units
 * that are like them.
 */
export async function remembered(
  sources: readonly Source[],
  use: MemoryUse,
  translate: (sources: readonly Source[], similar?: readonly MemoryMatch[]) => Promise<Translation[]>,
): Promise<Translation[]> {
  const { memory, threshold } = use
  const plans = sources.map((source) => planOf(source, use))
  const open = plans.flatMap(({ parts }) => parts.filter((part) => 'source' in part))
  const [plain, begun] = [open.filter(({ similar }) => !similar), open.filter(({ similar }) => similar)]
  const [together, ...alone] = await Promise.all([
    plain.length ? translate(plain.map(({ source }) => source)) : [],
    ...begun.map(({ source, similar }) => translate([source], similar)),
  ])
  const found = new Map<Part, Translation>()
  for (const [i, part] of plain.entries()) found.set(part, together[i])
  for (const [i, part] of begun.entries()) found.set(part, alone[i][0])
  return plans.map(({ text, parts, spaces }): Translation => {
    const translations = parts.map((part) => ('source' in part ? found.get(part)! : part.translation))
    const whole = translations.length === 1 && !spaces ? translations[0] : joined(translations, spaces!)
    if (whole.memory || text === null || threshold >= 1) return whole
    const similar = memory.similar(text, { threshold })
    return similar.length ? { ...whole, memory: similar } : whole
  })
}

/** A part of a text: what is translated, with the units that it begins as, or what the memory has. */
type Part = { source: Source; similar?: readonly MemoryMatch[] } | { translation: Translation }

/** `text`: the words of a source, for suggestions; `spaces`: what stands around its parts, where there are several. */
interface Plan {
  text: string | null
  parts: Part[]
  spaces: string[] | null
}

function planOf(source: Source, use: MemoryUse): Plan {
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
