import { counted } from '../../base/values/number-text.ts'
import { readFolder } from '../../files/folders/load.ts'
import { joinWords } from '../../files/folders/tokenizers/tokenizer-files.ts'
import { isFailure, resolveLoadOptions } from '../../use/translate/calls/index.ts'
import type { Split } from '../../use/translate/options/options.ts'
import type { ModelOptions, workerFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'
import { openProgress } from '../terminal/progress.ts'
import { batchesOf } from './line-batches.ts'
import { loadTextTranslator } from './text-translator.ts'
import { translateBatches } from './translate-batches.ts'

/** The options by which a test set is translated. */
export interface TranslateAllOptions extends ModelOptions, Flagged<typeof workerFlags> {
  beams?: number
  shortlist?: boolean
  /** Default 'long': each line of a test set is translated as a whole, as its references were. */
  split?: Split
  /** Undefined: progress is shown where standard error is a terminal. */
  progress?: boolean
}

/** The translations of a test set by a model. */
export interface Run {
  hypotheses: string[]
  /** A reference in the normalization of the model's own output. */
  written(reference: string): string
  model: string
  backend: string
  speed: Speed
}

interface Speed {
  /** The seconds from the first sentence to the last, without loading the model. */
  seconds: number
  sentencesPerSecond: number
  /** Number of tokens of the translations, end tokens included. */
  tokensPerSecond: number
}

/**
 * Translates all sources. A sentence that the model cannot take counts as empty: standard error reports it, and the
 * command fails at its end.
 */
export async function translateAll(sources: readonly string[], command: TranslateAllOptions): Promise<Run> {
  const { model, beams, shortlist, split = 'long', backend, precision, threads, workers, progress: asked } = command
  const load = resolveLoadOptions({ backend, precision, threads, workers })
  const translator = await loadTextTranslator(model, load)
  const batches = batchesOf(sources)
  const progress = await openProgress(asked, batches.at(-1)?.end ?? 0, 'sentence')
  const hypotheses: string[] = []
  let tokens = 0
  try {
    const began = performance.now()
    const options = { beams, shortlist, split }
    await translateBatches(batches, translator, options, {
      workers: load.workers,
      progress,
      prefix: (n) => `sentence ${n}, which counts as empty: `,
      deliver(_, outcomes) {
        for (const outcome of outcomes) {
          hypotheses.push(isFailure(outcome) ? '' : outcome.text)
          tokens += isFailure(outcome) ? 0 : outcome.ids.length
        }
      },
    })
    const seconds = (performance.now() - began) / 1000
    const speed = { seconds, sentencesPerSecond: sources.length / seconds, tokensPerSecond: tokens / seconds }
    const info = translator.backendInfo()
    const { tokenizer } = readFolder(translator.model.path)
    return {
      hypotheses,
      written: (reference) => joinWords(reference, tokenizer),
      model: translator.model.name,
      backend: `${info.backend} ${info.isa} ${info.precision}`,
      speed,
    }
  } finally {
    progress.end()
    await translator.close()
  }
}

export function speedLine({ hypotheses, model, backend, speed }: Run): string {
  const { seconds, sentencesPerSecond, tokensPerSecond } = speed
  return (
    `${model}: ${counted(hypotheses.length, 'sentence')} in ${seconds.toFixed(2)} s by ${backend}:` +
    ` ${counted(sentencesPerSecond, 'sentence')}/s, ${counted(tokensPerSecond, 'token')}/s`
  )
}
