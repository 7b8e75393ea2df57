import { Energy, type SpeechDetector } from '../../sound/speech/energy.ts'
import { Silero, sileroWeights } from '../../sound/speech/silero.ts'
import { fetchBinary } from './loading/fetch-binary.ts'

/** Makes detectors: Silero VAD where its weights can be fetched, else detection by loudness. */
export async function pageDetector(weightsAt: string | undefined): Promise<() => SpeechDetector> {
  if (weightsAt === undefined) return () => new Energy()
  try {
    const weights = sileroWeights(await fetchBinary(weightsAt, true))
    return () => new Silero(weights)
  } catch {
    return () => new Energy()
  }
}
