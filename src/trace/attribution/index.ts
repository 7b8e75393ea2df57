/** Face of trace/attribution/: why a model chose a token. */

export { type AskedAttribution, attributions, bestOther, idOf } from './attributions.ts'
export { EncoderGradients } from './encoder-gradients.ts'
export {
  type AttributeOption,
  attributionChoice,
  attributionSettings,
  type Contrast,
  contrastChoice,
  type Method,
  methods,
  type ResolvedAttribution,
  type Rival,
} from './settings.ts'
