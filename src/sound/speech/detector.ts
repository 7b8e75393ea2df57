import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownModel, ownPath } from '../../base/package/own-packages.ts'
import { Energy, type SpeechDetector } from './energy.ts'
import { Silero, type SileroWeights, sileroWeights } from './silero.ts'

/** Which detector is used, and why it is not the better one. */
export interface DetectorInfo {
  kind: 'silero' | 'energy'
  reason?: string
}

/** The folder, and package, of the weights. */
const SILERO = 'silero-vad-v6'

let weights: SileroWeights | undefined
let failure: string | undefined

function loaded(): SileroWeights | undefined {
  if (weights || failure !== undefined) return weights
  try {
    weights = sileroWeights(readFileSync(join(ownModel(SILERO) ?? ownPath('models', SILERO), 'weights.f24')))
  } catch (error) {
    failure = `the weights of Silero are not there: ${(error as Error).message}`
  }
  return weights
}

/** Silero VAD where its weights are in the package, else detection by loudness; `detectorInfo` says which. */
export function speechDetector(): SpeechDetector {
  const found = loaded()
  return found ? new Silero(found) : new Energy()
}

export const detectorInfo = (): DetectorInfo => (loaded() ? { kind: 'silero' } : { kind: 'energy', reason: failure })
