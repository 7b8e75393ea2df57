import type { WhenMapped } from '../../files/folders/packed/packed-cache.ts'
import type { storedSettings } from '../../files/folders/tensors/stored-dtype.ts'
import type { Flagged } from '../flags/schema-flags.ts'
import type { TestOptions } from '../flags/test-options.ts'

/** The arguments and flags of `glassformer quantize`. */
export interface QuantizeCommandOptions extends TestOptions, Required<Flagged<typeof storedSettings>> {
  output: string
  calibrate?: string
  force?: true
  json?: true
  /** Whether the new model's packed weights are written into the cache. */
  mapped?: WhenMapped
}
