import { GlassformerError } from '../../../base/errors.ts'
import type { Folder } from '../../formats/disk/folder.ts'
import { MODEL_FILE } from './folder.ts'
import { weightNames } from './names.ts'
import { checkSpecification } from './refused.ts'
import { Ctranslate2Tensors } from './tensors.ts'

/**
 * The weights of a folder of Whisper, as faster-whisper has them, by names like those of other models: `encoder.conv1.weight` [out, in, 3],
 * `encoder.positions.weight`, `decoder.0.crossAttention.query.weight`.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT; ERR_UNSUPPORTED for a model of another specification
 */
export function openWhisperTensors(folder: Folder): Ctranslate2Tensors {
  return new Ctranslate2Tensors(folder.open(MODEL_FILE), (variables) => {
    checkSpecification(variables)
    if (variables.spec === 'WhisperSpec') return weightNames(variables)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${variables.path}: '${variables.spec}' is no model of speech (WhisperSpec)`,
    )
  })
}
