/** Face of trace/sweep/: what the model does while tensors are replaced one after the other. */

export {
  type Measure,
  measures,
  type ResolvedSweep,
  type SweepOption,
  sweepChoice,
  sweepSettings,
  sweptParts,
} from './settings.ts'
export { sweepOf } from './sweep-of.ts'
