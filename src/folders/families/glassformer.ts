import { readGlassformer } from '../glassformer.ts'
import type { Family } from './family.ts'

/** Our own layout (docs/model-format.md): every choice of a model is a key of config.json, and every weight has our name. */
export const glassformer: Family = {
  modelTypes: ['glassformer'],
  read: readGlassformer,
  names: () => ({ stored: {}, ignored: [], optional: [], asRow: [] }),
}
