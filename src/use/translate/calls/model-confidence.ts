import { GlassformerError } from '../../../base/errors.ts'
import { type ConfidenceModel, confidenceFile, readConfidence } from '../../../files/folders/layout/confidence-file.ts'

/**
 * How probably the words of the model in a folder are right.
 * @throws GlassformerError ERR_OPTION for a model that is not calibrated; ERR_MODEL_FORMAT for a damaged file
 */
export function modelConfidence(path: string): ConfidenceModel {
  const file = confidenceFile(path)
  if (file !== null) return readConfidence(file)
  throw new GlassformerError(
    'ERR_OPTION',
    `option 'confidence': ${path} is not calibrated; 'npx glassformer calibrate' does it by sentence pairs`,
  )
}
