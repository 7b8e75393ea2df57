import { resolveLoadOptions } from '../translate/options.ts'
import type { Threads } from '../translate/threads.ts'
import { Translator } from '../translate/translator.ts'
import { lineOf } from './failure.ts'
import type { ModelOptions } from './options.ts'
import { isFailure, translateEach } from './outcome.ts'

/** How a test set is translated. */
export interface TranslateAllOptions extends ModelOptions {
  beams?: number
  shortlist?: true
  threads?: Threads
  workers?: number
}

/** What a model makes of a test set. */
export interface Run {
  hypotheses: string[]
  model: string
  backend: string
  speed: Speed
}

interface Speed {
  /** From the first sentence to the last; the model has been loaded before. */
  seconds: number
  sentencesPerSecond: number
  /** Tokens of the translations, their ends included. */
  tokensPerSecond: number
}

/** Translates all sources. One that the model cannot take counts as empty: standard error says so, and the command fails at its end. */
export async function translateAll(sources: readonly string[], command: TranslateAllOptions): Promise<Run> {
  const { model, beams, shortlist, backend, precision, threads, workers } = command
  const translator = await Translator.load(model, resolveLoadOptions({ backend, precision, threads, workers }))
  try {
    const began = performance.now()
    const outcomes = await translateEach(sources, translator, { beams, shortlist })
    const seconds = (performance.now() - began) / 1000
    let tokens = 0
    const hypotheses = outcomes.map((outcome, i) => {
      if (!isFailure(outcome)) {
        tokens += outcome.ids.length
        return outcome.text
      }
      process.exitCode = 1
      process.stderr.write(`${lineOf(outcome, `sentence ${i + 1}, which counts as empty: `)}\n`)
      return ''
    })
    const speed = { seconds, sentencesPerSecond: sources.length / seconds, tokensPerSecond: tokens / seconds }
    const info = translator.backendInfo()
    return {
      hypotheses,
      model: translator.model.name,
      backend: `${info.backend} ${info.isa} ${info.precision}`,
      speed,
    }
  } finally {
    await translator.close()
  }
}

export function speedLine({ hypotheses, model, backend, speed }: Run): string {
  const { seconds, sentencesPerSecond, tokensPerSecond } = speed
  const sentences = hypotheses.length
  const whole = (value: number) => Math.round(value).toLocaleString('en')
  return (
    `${model}: ${whole(sentences)} sentence${sentences === 1 ? '' : 's'} in ${seconds.toFixed(2)} s by ${backend}:` +
    ` ${whole(sentencesPerSecond)} sentences/s, ${whole(tokensPerSecond)} tokens/s`
  )
}
