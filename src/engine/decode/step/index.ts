/** Face of decode/step/: what other rooms use of encoding and of a step. */

export { encoderBatches, tokensAtOnce } from '../batch/encoder-batches.ts'
export { type EncodedSource, raggedPairs, type TokenPair } from '../batch/ragged-batch.ts'
export type { Shortlist } from '../batch/shortlist.ts'
export { soundBatch, statesOf, statesOfFrames } from '../batch/sound-batch.ts'
export { meanOf, SourceEncoder } from './encoder.ts'
export { encoderProgram, forcedProgram, listedStepProgram, stepProgram } from './programs.ts'
export type { Recalled } from './recall.ts'
export { normalizeOf } from './step-kind.ts'
