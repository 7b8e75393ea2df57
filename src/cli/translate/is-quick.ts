import { statSync } from 'node:fs'
import { join } from 'node:path'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { SINGLE_FILE } from '../../formats/tensors/weight-files.ts'
import type { TranslateCommandOptions } from './options.ts'

/** The most characters of all texts, and the most bytes of a model's one file of weights, that are quick. */
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
  return texts.reduce((sum, { length }) => sum + length, 0) <= CHARACTERS && bytesOf(model) <= BYTES
}

function bytesOf(model: string | undefined): number {
  try {
    return statSync(join(modelFolder(model), SINGLE_FILE)).size
  } catch {
    return Number.POSITIVE_INFINITY // there are several files, or the model's reader says what is wrong
  }
}
