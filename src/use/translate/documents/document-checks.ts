import { setImmediate as nextTurn } from 'node:timers/promises'
import { checkPair, type Fault } from '../../../language/checks/check-pair.ts'
import type { SaidLanguages } from '../../../language/markup/document/said-languages.ts'
import type { MarkedText } from '../../../language/protect/span.ts'
import type { DocumentFinding } from '../translation/document-report.ts'
import type { Translation } from '../translation/translation.ts'

/** The texts of a document, or of a part of it, with their translations. */
export interface DocumentTexts {
  texts: readonly MarkedText[]
  /** A text without a translation stays. */
  translations: readonly (Pick<Translation, 'text' | 'glossary'> | null)[]
  lines?: readonly number[]
  part?: string
}

/** Milliseconds after which other work of this thread has its turn. */
const SLICE = 5

/** What is perhaps wrong in translations of a document. Between slices of a few milliseconds the event loop is free. */
export async function checkTexts(
  { texts, translations, lines, part }: DocumentTexts,
  languages: SaidLanguages | undefined,
  found: (finding: DocumentFinding) => void,
): Promise<void> {
  const context = { languages: { source: languages?.source, target: languages?.target }, terms: [] }
  let began = performance.now()
  for (const [i, { text }] of texts.entries()) {
    const translation = translations[i]
    if (!translation) continue
    const place = { ...(lines && { line: lines[i] }), ...(part !== undefined && { part }) }
    const shown = { source: beginning(text), target: beginning(translation.text) }
    for (const fault of [...checkPair({ source: text, target: translation.text }, context), ...terms(translation)])
      found({ ...place, ...fault, ...shown })
    if (performance.now() - began < SLICE) continue
    await nextTurn()
    began = performance.now()
  }
}

const beginning = (text: string) => text.slice(0, 80)

/** Terms of the glossary that the translation has not. */
const terms = ({ glossary = [] }: Pick<Translation, 'glossary'>): Fault[] =>
  glossary
    .filter(({ found }) => !found)
    .map(({ source, target }) => ({ check: 'terms', says: `“${source}” is not translated as “${target}”` }))
