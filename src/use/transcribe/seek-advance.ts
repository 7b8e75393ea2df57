import { SPEECH_FRAME } from '../../sound/speech/silero.ts'
import { type Heard, HOP, type Stretch } from './jobs/sound-window.ts'
import type { ResolvedTranscribe } from './options.ts'
import { FRAMES_OF_SECOND, RATE } from './sound-windows.ts'
import type { WindowRequests } from './window-requests.ts'

/** Speech of this many seconds behind a transcript is heard, and not skipped. */
const LEFT_OUT = 1

/**
 * The frame of a window at which the next one begins. A transcript that ends in a single time says that nothing follows it in the window, and
 * OpenAI then skips the rest, even where somebody goes on speaking (in another language, or behind a noise). The rest is heard where the
 * detector finds speech in it. A single `temperature` has OpenAI's rule alone.
 */
export async function seekAdvance(
  heard: Heard,
  { samples, skip, frames }: Stretch,
  requests: Pick<WindowRequests, 'speech'>,
  { temperature, vadThreshold }: ResolvedTranscribe,
): Promise<number> {
  const last = heard.segments.at(-1)
  if (!heard.endsInTime || !last || [temperature].flat().length === 1) return heard.advance
  const end = Math.round(last.end * FRAMES_OF_SECOND)
  const rest = samples.slice((skip + end) * HOP, (skip + frames) * HOP)
  if (end === 0 || rest.length < LEFT_OUT * RATE) return heard.advance
  const probabilities = await requests.speech(rest, true)
  const spoken = probabilities.reduce((sum, probability) => sum + Number(probability >= vadThreshold), 0)
  return spoken * SPEECH_FRAME >= LEFT_OUT * RATE ? end : heard.advance
}
