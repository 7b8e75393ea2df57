/** Face of text-encoder/: encoders without a decoder. */
export { turnsOf } from './attention.ts'
export { checkTextEncoder, type Disentangled, type HeadConfig, type TextEncoderConfig } from './config.ts'
export { bucketTable, distanceProducts, distanceRows, distancesOf } from './distances.ts'
export { answers } from './head.ts'
export { TAPS, textStates } from './states.ts'
