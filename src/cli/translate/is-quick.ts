import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { modelFolder } from '../../files/folders/model-folder.ts'
import type { TranslateCommandOptions } from './options.ts'

/** The most characters of all texts, and the most bytes of a model's folder, that are quick. */
const CHARACTERS = 500
const BYTES = 32e6

/**
 * Whether texts are translated sooner on the calling thread than by a thread that must start first: there are a few
 * words, and the model is small. Until they are translated, Ctrl-C waits.
 */
export function isQuick(
  texts: readonly string[],
  { model, workers, assistant }: Pick<TranslateCommandOptions, 'model' | 'workers' | 'assistant'>,
): boolean {
  if (!texts.length || workers !== undefined || assistant !== undefined) return false
  return texts.reduce((sum, { length }) => sum + length, 0) <= CHARACTERS && bytesIn(model) <= BYTES
}

function bytesIn(model: string | undefined): number {
  try {
    const folder = modelFolder(model)
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  } catch {
    return Number.POSITIVE_INFINITY // the model's reader says why
  }
}
