import { setImmediate as nextTurn } from 'node:timers/promises'
import { splitSentences } from '../text/sentences/sentences.ts'
import type { MemoryMatch, TranslationMemory } from './translation-memory.ts'

/** How texts are looked up in a memory. */
export interface MemoryQuestion {
  /** The lowest score of a unit that is like a text; 1: none is looked for. */
  threshold: number
  /** Whether translations begin as the best similar unit. */
  begins: boolean
  /** Whether sentences of a text are looked up, as they are translated. */
  splits: boolean
}

/** A part of a text: what is translated, with the units that it begins as, or the unit that the memory has. */
export type TextPart = { text: string; similar?: MemoryMatch[] } | { text: string; unit: MemoryMatch }

/** What a memory has of a text. */
export interface TextPlan {
  parts: TextPart[]
  /** What stands around the parts; null where the text is one part. */
  spaces: string[] | null
  /** The units that are like the whole text. */
  suggested: MemoryMatch[]
}

/** A memory that lies elsewhere, as in another thread. */
export interface RemoteMemory {
  plansOf(texts: readonly string[], question: MemoryQuestion): Promise<TextPlan[]>
}

/** Milliseconds after which other work of this thread has its turn. */
const SLICE = 5

/** What a memory has of each text. Between slices of a few milliseconds the event loop is free. */
export async function plansOf(
  memory: TranslationMemory | RemoteMemory,
  texts: readonly string[],
  question: MemoryQuestion,
): Promise<TextPlan[]> {
  if ('plansOf' in memory) return memory.plansOf(texts, question)
  const plans: TextPlan[] = []
  let began = performance.now()
  for (const text of texts) {
    plans.push(planOf(memory, text, question))
    if (performance.now() - began < SLICE) continue
    await nextTurn()
    began = performance.now()
  }
  return plans
}

/** What a memory has of a text with words. */
export function planOf(memory: TranslationMemory, text: string, question: MemoryQuestion): TextPlan {
  const whole = partIn(memory, text)
  if (whole) return { parts: [whole], spaces: null, suggested: [] }
  const { sentences, spaces } = question.splits ? splitSentences(text) : NONE
  if (sentences.length < 2) {
    const part = openPart(memory, text, question)
    // A part that begins as a similar unit has been looked up.
    return { parts: [part], spaces: null, suggested: question.begins ? [] : similarTo(memory, text, question) }
  }
  const parts = sentences.map((sentence) => partIn(memory, sentence) ?? openPart(memory, sentence, question))
  const isKnown = parts.some((part) => 'unit' in part || part.similar)
  if (isKnown) return { parts, spaces, suggested: [] }
  return { parts: [{ text }], spaces: null, suggested: similarTo(memory, text, question) }
}

const NONE = { sentences: [], spaces: [] }

/** A part that is translated; with similar units where its translation is to begin as the best of these. */
function openPart(memory: TranslationMemory, text: string, question: MemoryQuestion): TextPart {
  const similar = question.begins ? similarTo(memory, text, question) : []
  return similar.length ? { text, similar } : { text }
}

const similarTo = (memory: TranslationMemory, text: string, { threshold }: MemoryQuestion): MemoryMatch[] =>
  threshold < 1 ? memory.similar(text, { threshold }) : []

function partIn(memory: TranslationMemory, text: string): TextPart | null {
  const unit = memory.find(text)
  return unit && { text, unit: { ...unit, score: 1 } }
}
