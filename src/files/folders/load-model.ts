import type { Encoding, Packing } from '../../engine/backend/interface/backend.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import { placeWeights } from '../../engine/weights/placement.ts'
import type { WeightStorage } from '../../engine/weights/precision.ts'
import { Weights } from '../../engine/weights/weights.ts'
import type { Folder } from '../../formats/disk/folder.ts'
import type { TensorSource } from '../../formats/tensors/tensor-file.ts'
import { mergedTensors } from './adapters/merged-tensors.ts'
import type { FolderContents, LoadedModel } from './layout/loaded-model.ts'
import { dominantDtype, encodingFor } from './tensors/dominant-dtype.ts'
import { checkedWeights, fillWeights, type StoredWeights } from './tensors/fill-weights.ts'
import { filesFor } from './tokenizers/tokenizer-files.ts'

/** The form of a model in memory, and the folder of an adapter that is merged into it. */
export type ModelStorage = Partial<WeightStorage> & { packing?: Packing; kept?: KeptWeights; adapter?: Folder }

/** Where packed weights are kept for other processes. */
export interface KeptWeights {
  /** The weights of a model in a folder, in this encoding; null where none are kept. */
  find(folder: string, encoding: Encoding, floats: number): MappedWeights | null
  /** Keeps weights, which are then only in the file; null where they are too small, or cannot be kept, and stay as they are. */
  keep(folder: string, encoding: Encoding, values: Float32Array): MappedWeights | null
}

/** Weights in a file that is mapped. */
export interface MappedWeights {
  file: string
  values: Float32Array
}

/**
 * Loads the model of a folder that has been read: weights (into one SharedArrayBuffer), generation options and
 * tokenizer files. `path` and `name` are those of the folder. `precision` (default 'auto') and `panels` (default false)
 * set the form of matrices in memory; `packing`, by default JavaScript code, encodes them. Where `kept` has the packed weights, they are read
 * from there. Loading is synchronous, and takes 1 to 5 ms for a million weights.
 */
export function loadModel(
  { path, name }: { path: string; name: string },
  { names, tokenizer, tokenizerPath = path, openTensors, readShortlist, ...others }: FolderContents,
  { precision = 'auto', panels = false, packing, kept, adapter }: ModelStorage,
): LoadedModel {
  const { hasConfigJson: _, languages: __, ...settings } = others
  const { config } = settings
  const source = openTensors()
  try {
    const stored = checkedWeights(config, source, names)
    const encoding = encodingFor({ precision, panels }, source)
    const reading = { config, stored, packing }
    const { weights, mapped } = adapter
      ? merged(encoding, { ...reading, source: mergedTensors(source, stored.parameters, config, adapter) })
      : weightsOf(path, encoding, { ...reading, source, kept })
    return {
      path,
      name,
      ...settings,
      weights,
      ...(mapped && { mapped }),
      tokenizer: filesFor(tokenizer, tokenizerPath, config),
      shortlist: readShortlist(),
      ...dominantDtype(source),
    }
  } finally {
    source.close()
  }
}

interface Reading {
  config: ModelConfig
  source: TensorSource
  stored: StoredWeights
  packing: Packing | undefined
  kept?: KeptWeights
}

/** Weights with an adapter, which are not kept for others. */
function merged(encoding: Encoding, reading: Reading): ReturnType<typeof weightsOf> {
  try {
    return weightsOf('', encoding, reading)
  } finally {
    reading.source.close()
  }
}

/** The weights, and the file from which they are mapped. */
function weightsOf(folder: string, encoding: Encoding, { config, source, stored, packing, kept }: Reading) {
  const { size } = placeWeights(stored.recorded, encoding)
  const found = kept?.find(folder, encoding, size)
  if (found) return { weights: new Weights(config, encoding, found.values, stored.recorded), mapped: found.file }
  const weights = new Weights(config, encoding, packing?.store, stored.recorded)
  fillWeights(weights, source, stored, packing)
  const made = kept?.keep(folder, encoding, weights.values)
  return made
    ? { weights: new Weights(config, encoding, made.values, stored.recorded), mapped: made.file }
    : { weights }
}
