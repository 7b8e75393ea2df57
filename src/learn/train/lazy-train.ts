import type { train as trainNow } from './train.ts'

/**
 * Trains a translator from sentence pairs into `folder`: vocabulary, checkpoints, and at the end `model`, a folder that Translator loads. A
 * folder with checkpoints goes on from the latest, to the same bits as if it had never stopped. Settings may be those of a settings file,
 * or the result of `readTrainConfig`. A training that fails before its first step leaves no folder where there was none.
 * @throws GlassformerError ERR_OPTION for options, and for settings that the folder's training cannot go on with; ERR_TRAINING, ERR_FILE,
 * ERR_INPUT where training cannot go on: the last checkpoint is whole
 */
// train.ts is loaded at the first call, so that programs that only translate do not wait for it.
export const train: typeof trainNow = async (...given) => (await import('./train.ts')).train(...given)
