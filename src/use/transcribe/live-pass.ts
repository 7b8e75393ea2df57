import { present } from '../../base/present.ts'
import { withoutRepetition } from '../../engine/speech/index.ts'
import { type HearOn, heardEnough, type PassWord } from './align-att.ts'
import type { ResolvedTranscribe } from './options.ts'
import { isSilent } from './sequential.ts'
import { FRAMES_OF_SECOND, SoundWindows } from './sound-windows.ts'
import { soundOf } from './speech-pieces.ts'
import type { WindowRequests } from './window-requests.ts'
import { type SpeechModel, settingsOf } from './window-settings.ts'

/** Tokens in front of a transcript that are not text: the start of what was before, the start, language, task, and that there are no times. */
const TOLD = 5

/** Tokens that each part of the text before live sound may have: a quarter of what the decoder has positions for. */
export const roomOf = ({ config }: SpeechModel): number => config.maxLength >> 2

/** Whether tokens end in a run that is repeated again and again. */
export const loops = (tokens: readonly number[]): boolean =>
  withoutRepetition(tokens, () => true).length < tokens.length

interface Listener {
  requests: WindowRequests
  model: SpeechModel
  options: ResolvedTranscribe
  /** The code of the language; null: that of the first certain words. */
  language: string | null
  /** The last states that no certain word may attend to. */
  frames: number
}

/** Hears held sound pass by pass. Text is searched for at the first temperature, without times, which come from attention. */
export function passes({ requests, model, options, language, frames }: Listener): HearOn {
  const { config, ids, text } = model
  const length = 2 * present(config.sound).positions
  const settings = settingsOf({ ...options, timestamps: 'words' }, model)
  const prompt = options.prompt === undefined ? [] : text.encode(options.prompt).slice(-roomOf(model))
  let known = language
  return async (samples, { previous, prefix }) => {
    const sound = soundOf('live', samples)
    const windows = new SoundWindows(sound)
    const stretch = await windows.at(0, length)
    if (!stretch.frames || isSilent(stretch, 0, stretch.frames)) return []
    const hear = await requests.of(sound)
    const said = options.carryPrompt || !previous.length ? [...prompt, ...previous] : previous
    const usual = settings({ language: known, previous: said, isFirst: false })
    const free = config.maxLength - TOLD - usual.previous.length - prefix.length - 1
    const heard = await hear(stretch, {
      ...usual,
      prefix,
      times: 'none',
      temperatures: usual.temperatures.slice(0, 1),
      options: { ...usual.options, maxTokens: Math.max(1, Math.min(usual.options.maxTokens ?? free, free)) },
      words: true,
      prefixTimes: true,
      seen: true,
    })
    if (!heard.alignment?.seen) return []
    const tokens = heard.segments.flatMap((segment) => segment.tokens).filter((id) => id < ids.end)
    const { times, probabilities, seen } = heard.alignment
    const to = prefix.length + tokens.length
    const enough = heardEnough(seen, { from: prefix.length, to, frames })
    const own = { times: times.slice(prefix.length), probabilities: probabilities.slice(prefix.length) }
    let at = 0
    const words = text.words(tokens, heard.language).map(({ text: word, tokens: ofWord }): PassWord => {
      const [from, end] = [at, at + ofWord.length]
      at = end
      const sum = own.probabilities.slice(from, end).reduce((total, each) => total + each, 0)
      return {
        text: word,
        tokens: ofWord,
        start: own.times[from],
        end: own.times[end],
        probability: sum / ofWord.length,
        isCertain: end <= enough,
      }
    })
    if (words[0]?.isCertain) known ??= heard.language
    // Words where nothing sounds are invented.
    const frame = (seconds: number) => Math.round(seconds * FRAMES_OF_SECOND)
    const invented = words.findIndex(
      ({ start, end }) => end > start && isSilent(stretch, frame(start), Math.min(frame(end), stretch.frames)),
    )
    return invented < 0 ? words : words.slice(0, invented)
  }
}
