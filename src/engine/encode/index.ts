/** Face of encode/: running encoders without a decoder. */
export { EncoderWeights, encoderWeights } from './encoder-weights.ts'
export { type AllStates, checkIds, type States, StatesRunner, statesProgram } from './states-runner.ts'
export { type TokenIds, tokenBatch } from './token-batch.ts'
