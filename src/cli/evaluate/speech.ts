import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import { basicText } from '../../learn/evaluate/basic-normalizer.ts'
import { englishText } from '../../learn/evaluate/english-normalizer.ts'
import {
  added,
  characterErrors,
  type ErrorCounts,
  errorRate,
  noErrors,
  wordErrors,
} from '../../learn/evaluate/error-rate.ts'
import { Transcriber } from '../../use/transcribe/transcriber.ts'
import { givenBy } from '../flags/schema-flags.ts'
import { speechModel } from '../transcribe/whisper-flags.ts'
import { type EvaluateCommandOptions, speechFlags } from './options.ts'
import { type Clip, speechClips } from './speech-clips.ts'

/** Clips that are heard at once, so that their windows share a batch. */
const AT_ONCE = 4

/** Languages without spaces between words: each character is a word, as in Whisper's paper. */
const unspaced = new Set(['zh', 'yue', 'ja', 'th', 'lo', 'my'])

/** `glassformer evaluate --speech`: all transcripts are read, and all clips found, before a model hears. */
export async function evaluateSpeech(command: EvaluateCommandOptions): Promise<void> {
  const clips = await speechClips(present(command.speech), command.audioLanguage)
  const said = clips.map(({ transcript, language }) => normal(transcript, language))
  if (said.every((text) => text.trim() === ''))
    throw new GlassformerError('ERR_INPUT', `${command.speech}: no transcript has a word that counts`)
  const transcriber = await Transcriber.load(speechModel(present(command.model)), givenBy(speechFlags, command))
  const began = performance.now()
  try {
    const heard = await heardIn(clips, transcriber, command.beams)
    const seconds = (performance.now() - began) / 1000
    const sound = heard.reduce((sum, { duration }) => sum + duration, 0)
    const total = (errors: typeof wordErrors) =>
      heard.map(({ text }, i) => errors(said[i], normal(text, clips[i].language))).reduce(added, noErrors)
    const [wer, cer] = [total(wordErrors), total(characterErrors)]
    const { path: model } = transcriber.model
    const { backend } = transcriber.backendInfo()
    if (command.json) {
      const languages = [...new Set(clips.map(({ language }) => language))]
      const rates = { wer: { rate: errorRate(wer), ...wer }, cer: { rate: errorRate(cer), ...cer } }
      const speed = { seconds, soundPerSecond: sound / seconds }
      return console.log(JSON.stringify({ clips: clips.length, languages, sound, ...rates, model, backend, speed }))
    }
    console.log(rateLine('WER', 'word', wer))
    console.log(rateLine('CER', 'character', cer))
    console.log(
      `${model}: ${counted(clips.length, 'clip')}, ${sound.toFixed(1)} s of sound in ${seconds.toFixed(2)} s by ${backend}`,
    )
  } finally {
    await transcriber.close()
  }
}

const normal = (text: string, language: string): string =>
  language === 'en' ? englishText(text) : basicText(text, unspaced.has(language))

/** The text and length of each clip. What is drawn at random, above temperature 0, is the same in each run. */
async function heardIn(clips: readonly Clip[], transcriber: Transcriber, beams: number | undefined) {
  const heard: { text: string; duration: number }[] = []
  let next = 0
  const listener = async () => {
    while (next < clips.length) {
      const index = next++
      const { path, language } = clips[index]
      const { text, duration } = await transcriber.transcribe(path, {
        language,
        seed: 1,
        ...(beams !== undefined && { beams }),
      })
      heard[index] = { text, duration }
    }
  }
  await Promise.all(Array.from({ length: Math.min(clips.length, AT_ONCE) }, listener))
  return heard
}

function rateLine(name: string, unit: string, errors: ErrorCounts): string {
  const { substitutions, insertions, deletions, units } = errors
  const edits = `substitutions ${substitutions}, insertions ${insertions}, deletions ${deletions}`
  return `${name} = ${(100 * errorRate(errors)).toFixed(2)} % (${edits} of ${counted(units, unit)})`
}
