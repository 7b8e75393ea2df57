/** Face of decode/step/: what other rooms use of encoding and of a step. */

export { meanOf, SourceEncoder } from './encoder.ts'
export { encoderBatches, tokensAtOnce } from './encoder-batches.ts'
export { encoderProgram, forcedProgram, listedStepProgram, stepProgram } from './programs.ts'
export { type EncodedSource, raggedPairs, type TokenPair } from './ragged-batch.ts'
export type { Shortlist } from './shortlist.ts'
export { FRAMES_OF_STATE, soundBatch, statesOf } from './sound-batch.ts'
export { normalizeOf } from './step-kind.ts'
