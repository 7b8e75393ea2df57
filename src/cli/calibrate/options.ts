import type { ModelOptions } from '../flags/options.ts'

/** The flags of `glassformer calibrate`. */
export interface CalibrateOptions extends Omit<ModelOptions, 'model'> {
  /** Pairs by which the model is calibrated, and others by which this is measured. */
  pairs: string
  test?: string
  picture?: string
  json?: true
}
