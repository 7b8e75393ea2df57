import { present } from '../../base/present.ts'
import type { HeardSegment } from '../../engine/speech/index.ts'
import { SPEECH_FRAME } from '../../sound/speech/silero.ts'
import { invented } from './anomalies.ts'
import { type Heard, HOP, type Stretch } from './jobs/sound-window.ts'
import type { ResolvedTranscribe } from './options.ts'
import { FRAMES_OF_SECOND, RATE, type SoundWindows } from './sound-windows.ts'
import { addWords } from './timed-words.ts'
import type { TranscriptSegment } from './transcript.ts'
import type { TranscribeWindow, WindowRequests } from './window-requests.ts'
import { type Context, type SpeechModel, settingsOf, windowFrames } from './window-settings.ts'

/** Speech of this many seconds after a transcript is heard, and not skipped. */
const LEFT_OUT = 1

/**
 * The frame of a window at which the next one begins. A transcript that ends in a single time says that nothing follows it in the window, and
 * OpenAI then skips the rest, even where somebody goes on speaking (in another language, or after a noise). The rest is heard where the
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

/** Samples whose mean square is below this are silence: −60 dB. */
const SILENCE = 1e-6

/** Whether all of these frames of a window are silent. */
export function isSilent({ samples, skip }: Stretch, from: number, to: number): boolean {
  const end = Math.min(samples.length, (skip + to) * HOP)
  for (let at = (skip + from) * HOP; at < end; at += HOP) {
    let sum = 0
    for (let i = at; i < Math.min(at + HOP, end); i++) sum += samples[i] * samples[i]
    if (sum > SILENCE * HOP) return false
  }
  return true
}

/** From this temperature on, a transcript is no good example for the window after it. */
const TOO_WARM = 0.5

/** The segments of one window, and what is known after it. */
export interface HeardPart {
  segments: TranscriptSegment[]
  language: string
  languageProbability: number | null
  /** Frames of the sound that are done. */
  frames: number
}

/** A sound that is heard from front to back. */
interface Sequence {
  windows: SoundWindows
  hear: TranscribeWindow
  /** The model that finds speech. */
  requests: Pick<WindowRequests, 'speech'>
  model: SpeechModel
  options: ResolvedTranscribe
  /** The code of the language; null: it is detected in the first window. */
  language: string | null
}

/**
 * Hears a sound window by window (openai/whisper, transcribe.py): each begins where the last whole segment ended, or after the window where
 * nothing was left open.
 */
export async function* sequential({
  windows,
  hear,
  requests,
  model,
  options,
  language,
}: Sequence): AsyncGenerator<HeardPart> {
  const length = windowFrames(model)
  const settings = settingsOf(options, model)
  const context = new Said(options, model)
  let known = language
  let [seek, count, spoken] = [0, 0, 0]
  for (let isFirst = true; ; isFirst = false) {
    const found = await windows.at(seek, length)
    const stretch = model.ids.hasTimes ? found : untilQuiet(found, length)
    if (stretch.frames <= 0) return
    if (isSilent(stretch, 0, stretch.frames)) {
      seek += stretch.frames
      continue
    }
    const made = await hear(stretch, settings({ language: known, previous: context.before, isFirst }))
    const heard = { ...made, advance: await seekAdvance(made, stretch, requests, options) }
    if (!options.multilingual) known = heard.language
    const segments = spokenIn(heard.segments, stretch).map((segment) => segmentOf(segment, heard, seek, model))
    let next = seek + heard.advance
    if (heard.alignment && options.timestamps === 'words') {
      const worded = withWords(
        segments,
        heard,
        { seek, frames: stretch.frames, length, spoken },
        { model, options, windows },
      )
      next = worded.next
      spoken = worded.spoken
    }
    context.add(segments, heard.temperature)
    const own = segments.filter(({ start, end, text }) => start !== end && text.trim() !== '')
    for (const segment of own) segment.id = count++
    seek = Math.max(next, seek + 1)
    const { languageProbability } = heard
    yield {
      segments: own,
      language: heard.language,
      languageProbability,
      frames: Math.min(seek, windows.frames ?? seek),
    }
  }
}

/** Frames over which sound is quiet between words. */
const PAUSE = 20

/**
 * A full window of a model without times, which ends where the last third of it is the quietest: what a window cuts off is not heard again.
 */
function untilQuiet(stretch: Stretch, length: number): Stretch {
  const { samples, skip, frames } = stretch
  if (frames < length) return stretch
  const first = Math.ceil((2 * length) / 3)
  const loudness = Array.from({ length: length - first }, (_, i) => {
    const at = (skip + first + i) * HOP
    return samples.subarray(at, at + HOP).reduce((sum, value) => sum + value * value, 0)
  })
  let [least, best] = [Number.POSITIVE_INFINITY, length]
  for (let i = 0; i + PAUSE <= loudness.length; i++) {
    const sum = loudness.slice(i, i + PAUSE).reduce((a, b) => a + b, 0)
    if (sum <= least) [least, best] = [sum, first + i + PAUSE / 2]
  }
  return { ...stretch, frames: best }
}

/** The segments that do not lie in silence as a whole: what is heard there has been invented. */
function spokenIn(segments: readonly HeardSegment[], stretch: Stretch): readonly HeardSegment[] {
  const frame = (seconds: number) => Math.round(seconds * FRAMES_OF_SECOND)
  return segments.filter(
    ({ start, end }) => end <= start || !isSilent(stretch, frame(start), Math.min(frame(end), stretch.frames)),
  )
}

function segmentOf(
  { start, end, tokens }: HeardSegment,
  heard: Heard,
  seek: number,
  { text, ids }: SpeechModel,
): TranscriptSegment {
  const offset = seek / FRAMES_OF_SECOND
  const said = text.decode(tokens)
  return {
    id: 0,
    seek,
    start: hundredths(offset + start),
    end: hundredths(offset + end),
    text: ids.hasTimes ? said : ` ${said.trim()}`,
    tokens,
    avgLogprob: heard.logProbability,
    compressionRatio: heard.compressionRatio,
    noSpeechProb: heard.noSpeechProbability,
    temperature: heard.temperature,
  }
}

/** Sums of binary fractions come out as the hundredths of a second that they are. */
const hundredths = (seconds: number) => Math.round(seconds * 100) / 100

interface Place {
  seek: number
  /** Frames of sound in the window, and of the whole window. */
  frames: number
  length: number
  spoken: number
}

/** Gives segments their words, leaves out what looks invented, and says where the next window begins, and where speech has ended. */
function withWords(
  segments: TranscriptSegment[],
  heard: Heard,
  { seek, frames, length, spoken }: Place,
  { model, options, windows }: Pick<Sequence, 'model' | 'options' | 'windows'>,
): { next: number; spoken: number } {
  const { ids, text } = model
  const offset = seek / FRAMES_OF_SECOND
  const tokens = [...segments.flatMap((segment) => segment.tokens.filter((id) => id < ids.end)), ids.end]
  const words = text.words(tokens, heard.language)
  const signs = { prepend: options.prependPunctuations, append: options.appendPunctuations }
  addWords(segments, { words, alignment: present(heard.alignment) }, signs, ids.end, { offset, spoken })
  const lastEnd = () => segments.findLast((segment) => segment.words?.length)?.words?.at(-1)?.end
  let next = seek + heard.advance
  const threshold = options.hallucinationSilenceThreshold
  const end = lastEnd()
  if (!heard.endsInTime && end !== undefined && end > offset) {
    const rest = (seek + length) / FRAMES_OF_SECOND - end
    next = threshold !== undefined && rest <= threshold ? seek + frames : Math.round(end * FRAMES_OF_SECOND)
  }
  if (threshold !== undefined) {
    const last = (windows.frames ?? Number.POSITIVE_INFINITY) / FRAMES_OF_SECOND
    const times = {
      begin: offset,
      end: offset + frames / FRAMES_OF_SECOND,
      whole: (seek + length) / FRAMES_OF_SECOND,
      last,
    }
    const cut = invented(segments, times, spoken, threshold)
    if (cut) {
      segments.length = cut.keep
      return { next: Math.round(cut.seek * FRAMES_OF_SECOND), spoken: lastEnd() ?? spoken }
    }
  }
  return { next, spoken: lastEnd() ?? spoken }
}

/** The text so far: the prompt, and tokens of earlier windows. */
class Said {
  readonly #prompt: readonly number[]
  readonly #carries: boolean
  readonly #conditions: boolean
  readonly #room: number
  /** All tokens, of which those from `since` on stand before the next window. */
  readonly #tokens: number[]
  #since = 0

  constructor({ prompt, carryPrompt, conditionOnPreviousText }: ResolvedTranscribe, { text, config }: SpeechModel) {
    this.#prompt = prompt === undefined ? [] : text.encode(prompt)
    this.#tokens = [...this.#prompt]
    this.#carries = carryPrompt
    this.#conditions = conditionOnPreviousText
    this.#room = (config.maxLength >> 1) - 1
  }

  get before(): Context['previous'] {
    if (!this.#carries) return this.#tokens.slice(this.#since)
    const rest = this.#tokens.slice(Math.max(this.#prompt.length, this.#since))
    const room = Math.max(0, this.#room - this.#prompt.length)
    return [...this.#prompt, ...rest.slice(rest.length - Math.min(room, rest.length))]
  }

  add(segments: readonly TranscriptSegment[], temperature: number): void {
    for (const { start, end, text, tokens } of segments)
      if (start !== end && text.trim() !== '') this.#tokens.push(...tokens)
    if (!this.#conditions || temperature > TOO_WARM) this.#since = this.#tokens.length
  }
}
