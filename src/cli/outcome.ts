import { GlassformerError } from '../errors.ts'
import type { TranslateOptions } from '../translate/options.ts'
import type { Alternative, Translation } from '../translate/translation.ts'
import type { Translator } from '../translate/translator.ts'

/** What became of one text: its translation, or why the model cannot take it. */
export type Outcome = Translation | GlassformerError

export const isFailure = (outcome: Outcome): outcome is GlassformerError => outcome instanceof GlassformerError

/** Translates all texts; one that the model cannot take does not keep the others from being translated. */
export async function translateEach(
  texts: readonly string[],
  translator: Translator,
  options: TranslateOptions,
): Promise<Outcome[]> {
  try {
    return await translator.translate(texts, options)
  } catch (error) {
    if (!isAboutOneText(error)) throw error
    return Promise.all(
      texts.map((text) =>
        translator.translate(text, options).catch((reason: unknown) => {
          if (!isAboutOneText(reason)) throw reason
          return reason
        }),
      ),
    )
  }
}

const isAboutOneText = (error: unknown): error is GlassformerError =>
  error instanceof GlassformerError && (error.code === 'ERR_INPUT' || error.code === 'ERR_INPUT_TOO_LONG')

/** One text's part of the output. `oneLine` keeps lines in step: the n-th line out is the n-th line in. */
export function render(
  source: string,
  outcome: Outcome,
  { json, oneLine }: { json: boolean; oneLine: boolean },
): string {
  if (json) return `${JSON.stringify(objectOf(source, outcome))}\n`
  if (isFailure(outcome)) return '\n'
  const { text, alternatives } = outcome
  if (alternatives) return source.trim() ? `${source}\n${alternatives.map(ranked).join('')}` : '\n'
  return `${oneLine ? text.replace(/[\r\n]+/g, ' ') : text}\n`
}

const ranked = ({ score, text }: Alternative) => `  ${score.toFixed(3).padStart(8)}  ${text}\n`

function objectOf(source: string, outcome: Outcome) {
  if (isFailure(outcome)) return { source, error: { code: outcome.code, message: outcome.message } }
  const { text, score, alternatives } = outcome
  return {
    source,
    text,
    score,
    ...(alternatives && { alternatives: alternatives.map(({ text, score }) => ({ text, score })) }),
  }
}
