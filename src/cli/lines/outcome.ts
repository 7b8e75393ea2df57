import { GlassformerError } from '../../errors.ts'
import type { TranslateOptions } from '../../translate/options.ts'
import type { PoolTranslator } from '../../translate/pool-translator.ts'
import { textOf } from '../../translate/sources.ts'
import type { Alternative, Source, Translation } from '../../translate/translation.ts'

/** The result for one text: its translation, or the error that says why the model cannot take it. */
export type Outcome = Translation | GlassformerError

export const isFailure = (outcome: Outcome): outcome is GlassformerError => outcome instanceof GlassformerError

/** Translates all sources; a source that the model cannot take does not keep the others from being translated. */
export async function translateEach(
  sources: readonly Source[],
  translator: PoolTranslator,
  options: TranslateOptions,
): Promise<Outcome[]> {
  try {
    return await translator.translate(sources, options)
  } catch (error) {
    if (!isAboutOneText(error)) throw error
    return Promise.all(
      sources.map((source) =>
        translator.translate(source, options).catch((reason: unknown) => {
          if (!isAboutOneText(reason)) throw reason
          return reason
        }),
      ),
    )
  }
}

export const isAboutOneText = (error: unknown): error is GlassformerError =>
  error instanceof GlassformerError && (error.code === 'ERR_INPUT' || error.code === 'ERR_INPUT_TOO_LONG')

/** How outcomes are printed. */
export interface Rendering {
  /** Whether to print JSON objects. */
  json: boolean
  /** Whether to print the ids of translations instead of their texts. */
  ids: boolean
  /** Whether each outcome is one line, so that the n-th line out belongs to the n-th line in. */
  oneLine: boolean
}

/** One text's part of the output; `lineEnd` ends its line. */
export function render(source: Source, outcome: Outcome, { json, ids, oneLine }: Rendering, lineEnd = '\n'): string {
  if (json) return `${JSON.stringify(objectOf(source, outcome))}\n`
  if (isFailure(outcome)) return lineEnd
  const written = ({ ids: found, text }: Alternative) => (ids ? found.join(' ') : text)
  const { alternatives } = outcome
  if (!alternatives) return `${oneLine ? inOneLine(written(outcome)) : written(outcome)}${lineEnd}`
  const name = textOf(source) ?? (source as readonly number[]).join(' ')
  return name.trim() ? `${name}\n${alternatives.map((each) => ranked(each.score, written(each))).join('')}` : '\n'
}

/** A text in one line. A line feed that the model has written does not end the line. */
const inOneLine = (text: string) => text.replace(/(\r?\n)+/g, ' ')

const ranked = (score: number, text: string) => `  ${score.toFixed(3).padStart(8)}  ${text}\n`

function objectOf(source: Source, outcome: Outcome) {
  if (isFailure(outcome)) return { source, error: { code: outcome.code, message: outcome.message } }
  const { alternatives } = outcome
  return {
    source,
    ...fieldsOf(outcome),
    ...(outcome.glossary && { glossary: outcome.glossary }),
    ...(alternatives && { alternatives: alternatives.map(fieldsOf) }),
  }
}

const fieldsOf = ({ text, score, ids, tokenScores, finishReason, spans }: Alternative) => {
  return { text, score, ids, tokenScores, finishReason, ...(spans && { spans }) }
}
