import { inOneLine } from '../../formats/disk/input-lines.ts'
import { isFailure, type Outcome, textOf } from '../../use/translate/calls/index.ts'
import type { Alternative, Source, Translation } from '../../use/translate/translation/translation.ts'
import { FLAG } from './flagged.ts'

/** The format in which outcomes are printed. */
export interface Rendering {
  /** Whether to print JSON objects. */
  json: boolean
  /** Whether to print the ids of translations instead of their texts. */
  ids: boolean
  /** Whether each outcome is one line, so that output line n belongs to input line n. */
  oneLine: boolean
  /** The confidence below which translations are marked; undefined: none is. */
  flag?: number
}

/** The output for one text; `lineEnd` ends its line. */
export function render(
  source: Source,
  outcome: Outcome,
  { json, ids, oneLine, flag }: Rendering,
  lineEnd = '\n',
): string {
  if (json) return `${JSON.stringify(objectOf(source, outcome, flag))}\n`
  if (isFailure(outcome)) return lineEnd
  const written = ({ ids: found, text }: Alternative) => (ids ? found.join(' ') : text)
  const { alternatives } = outcome
  if (!alternatives) {
    const mark = isDoubtful(outcome, flag) ? FLAG : ''
    return `${mark}${oneLine ? inOneLine(written(outcome)) : written(outcome)}${lineEnd}`
  }
  const name = textOf(source) ?? (source as readonly number[]).join(' ')
  return name.trim() ? `${name}\n${alternatives.map((each) => ranked(each.score, written(each))).join('')}` : '\n'
}

const ranked = (score: number, text: string) => `  ${score.toFixed(3).padStart(8)}  ${text}\n`

const isDoubtful = ({ confidence }: Translation, flag: number | undefined) =>
  flag !== undefined && confidence !== undefined && confidence.score < flag

function objectOf(source: Source, outcome: Outcome, flag: number | undefined) {
  if (isFailure(outcome)) return { source, error: { code: outcome.code, message: outcome.message } }
  const { alternatives } = outcome
  return {
    source,
    ...fieldsOf(outcome),
    ...(outcome.glossary && { glossary: outcome.glossary }),
    ...(outcome.memory && { memory: outcome.memory }),
    ...(outcome.confidence && { confidence: outcome.confidence }),
    ...(flag !== undefined && { flagged: isDoubtful(outcome, flag) }),
    ...(outcome.untranslated && { untranslated: outcome.untranslated }),
    ...(alternatives && { alternatives: alternatives.map(fieldsOf) }),
  }
}

const fieldsOf = ({ text, score, ids, tokenScores, finishReason, spans }: Alternative) => {
  return { text, score, ids, tokenScores, finishReason, ...(spans && { spans }) }
}
