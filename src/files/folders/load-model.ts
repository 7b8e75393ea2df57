import type { Packing } from '../../engine/backend/backend.ts'
import type { WeightStorage } from '../../engine/weights/precision.ts'
import { Weights } from '../../engine/weights/weights.ts'
import { checkedWeights, fillWeights } from './fill-weights.ts'
import type { FolderContents, LoadedModel } from './loaded-model.ts'
import { encodingFor, storedAs } from './stored-as.ts'
import { filesFor } from './tokenizer-files.ts'

/** The form of a model in memory. */
export type ModelStorage = Partial<WeightStorage> & { packing?: Packing }

/**
 * Loads the model of a folder that has been read: weights (into one SharedArrayBuffer), generation options and
 * tokenizer files. `path` and `name` are those of the folder. `precision` (default 'auto') and `panels` (default false)
 * set the form of matrices in memory; `packing`, by default JavaScript code, encodes them. Loading is synchronous, and
 * takes 1 to 5 ms for a million weights.
 */
export function loadModel(
  { path, name }: { path: string; name: string },
  { names, tokenizer, tokenizerPath = path, openTensors, readShortlist, ...others }: FolderContents,
  { precision = 'auto', panels = false, packing }: ModelStorage,
): LoadedModel {
  const { hasConfigJson: _, languages: __, ...settings } = others
  const { config } = settings
  const source = openTensors()
  try {
    const stored = checkedWeights(config, source, names)
    const weights = new Weights(config, encodingFor({ precision, panels }, source), packing?.store, stored.recorded)
    fillWeights(weights, source, stored, packing)
    return {
      path,
      name,
      ...settings,
      weights,
      tokenizer: filesFor(tokenizer, tokenizerPath, config),
      shortlist: readShortlist(),
      ...storedAs(source),
    }
  } finally {
    source.close()
  }
}
