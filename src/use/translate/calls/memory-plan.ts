import {
  type MemoryMatch,
  type MemoryQuestion,
  placedBy,
  plansOf,
  type RemoteMemory,
  type TextPart,
  type TextPlan,
  type TranslationMemory,
} from '../../../language/memory/index.ts'
import type { MarkedText } from '../../../language/protect/span.ts'
import type { Source, Translation } from '../translation/translation.ts'

/** How a memory is asked. */
export interface MemoryUse extends MemoryQuestion {
  memory: TranslationMemory | RemoteMemory
}

/** A part of a text: what is translated, with the units that it begins as, or what the memory has. */
export type Part = { source: Source; similar?: readonly MemoryMatch[] } | { translation: Translation }

/** `spaces`: what stands around the parts of a source, where there are several; `suggested`: units that are like it. */
export interface Plan {
  parts: Part[]
  spaces: string[] | null
  suggested: MemoryMatch[]
}

/** A source's translation from those of its parts, with the units that are like it. */
export function assembled({ spaces, suggested }: Plan, translations: readonly Translation[]): Translation {
  const whole = spaces ? joined(translations, spaces) : translations[0]
  return suggested.length && !whole.memory ? { ...whole, memory: suggested } : whole
}

/** What a memory has of each source. Sources without words are not looked up. */
export async function plansFor(
  sources: readonly Source[],
  { memory, threshold, begins, splits }: MemoryUse,
): Promise<Plan[]> {
  const texts = sources.map(wordsOf)
  const asked = texts.filter((text) => text !== null)
  const found = (await plansOf(memory, asked, { threshold, begins, splits })).values()
  return sources.map((source, i) => {
    if (texts[i] === null) return { parts: [{ source }], spaces: null, suggested: [] }
    const plan: TextPlan = found.next().value as TextPlan
    return isMarked(source) ? markedPlan(source, plan) : planFrom(source, plan)
  })
}

const isMarked = (source: Source): source is MarkedText =>
  typeof source !== 'string' && 'text' in source && source.spans.length > 0

function wordsOf(source: Source): string | null {
  const text = typeof source === 'string' ? source : 'text' in source ? source.text : null
  return text?.trim() ? text : null
}

/** A text with tags is taken from the memory as a whole, where the unit says where its tags stand; else it is translated. */
function markedPlan(source: MarkedText, { parts, suggested }: TextPlan): Plan {
  const { text } = source
  const [first] = parts
  const unit = parts.length === 1 && 'unit' in first ? first.unit : null
  const spans = unit && placedBy(unit, source.spans, leadOf(text))
  if (!unit || !spans) return { parts: [{ source }], spaces: null, suggested: unit ? [unit] : suggested }
  const lead = leadOf(text)
  const moved = spans.map((span) => ({ ...span, start: span.start + lead, end: span.end + lead }))
  return { parts: [{ translation: { ...translationOf(text, unit), spans: moved } }], spaces: null, suggested: [] }
}

const planFrom = (source: Source, { parts, spaces, suggested }: TextPlan): Plan => ({
  parts: parts.map((part) => partFrom(spaces ? part.text : source, part)),
  spaces,
  suggested,
})

function partFrom(source: Source, part: TextPart): Part {
  if ('unit' in part) return { translation: translationOf(part.text, part.unit) }
  return part.similar ? { source, similar: part.similar } : { source }
}

/** The length of the white space before a text. */
const leadOf = (text: string) => text.length - text.trimStart().length

/** The translation of a text by its unit, with the white space around the text. */
function translationOf(text: string, unit: MemoryMatch): Translation {
  const before = text.slice(0, leadOf(text))
  const after = text.slice(text.trimEnd().length)
  return {
    text: before + unit.target + after,
    score: 0,
    ids: [],
    tokenScores: [],
    finishReason: 'end',
    memory: [unit],
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
