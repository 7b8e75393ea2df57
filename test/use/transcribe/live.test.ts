import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveOptions, type LiveText, Transcriber } from '#dist/use/transcribe/index.js'
import { samplesOf } from '../../engine/speech/hearer.ts'
import { sharedFolder } from '../../shared-folder.ts'

const folder = (path: string) => fileURLToPath(new URL(`../../golden/${path}`, import.meta.url))
const code = (expected: string) => expect.objectContaining({ code: expected })
const speech = () => samplesOf(folder('sound/speech.wav'))

/** What is said three times, as a microphone has it. */
async function* pieces(samples = speech(), size = 3200) {
  for (let round = 0; round < 3; round++)
    for (let i = 0; i < samples.length; i += size) yield samples.slice(i, i + size)
}

async function momentsOf(transcriber: Transcriber, options: LiveOptions, sound: Parameters<Transcriber['live']>[0]) {
  const moments: LiveText[] = []
  for await (const moment of transcriber.live(sound, options)) moments.push(moment)
  return moments
}

describe('live text', () => {
  let transcriber: Transcriber
  beforeAll(async () => {
    transcriber = await Transcriber.load(folder('whisper-tiny'), { backend: 'js', workers: 1 })
  })
  afterAll(() => transcriber.close())
  const usual: LiveOptions = { language: 'en', temperature: 0, maxTokens: 8, repetitionPenalty: 1.5 }

  it.each(['align-att', 'local-agreement'] as const)('of %s comes in moments, and never goes back', async (policy) => {
    const moments = await momentsOf(transcriber, { ...usual, policy, step: 0.5 }, pieces())
    expect(moments.at(-1)!.pending).toBe('')
    expect(moments.at(-1)!.duration).toBeCloseTo((3 * speech().length) / 16_000, 3)
    expect(moments.map(({ text }) => text).join('').length).toBeGreaterThan(2)
    let [heard, end] = [0, 0]
    for (const { text, words, duration } of moments) {
      expect(words.map(({ word }) => word).join('')).toBe(text)
      expect(duration).toBeGreaterThan(heard)
      heard = duration
      for (const word of words) {
        expect(word.start).toBeGreaterThanOrEqual(policy === 'align-att' ? end - 0.03 : 0)
        expect(word.end).toBeGreaterThanOrEqual(word.start)
        expect(word.probability).toBeGreaterThan(0)
        end = word.end
      }
    }
  })

  it('drops a loop', async () => {
    const loop = { language: 'fr', temperature: 0, maxTokens: 8 }
    const { text } = await transcriber.transcribe(speech(), { ...loop, timestamps: false })
    expect(text).toMatch(/(\w+)\1{3}/)
    const moments = await momentsOf(transcriber, { ...loop, policy: 'align-att' }, speech())
    expect(moments.map((moment) => moment.text).join('')).toBe('')
  })

  it('of silence is none', async () => {
    const moments = await momentsOf(transcriber, { ...usual, policy: 'align-att' }, new Float32Array(48_000))
    expect(moments.map(({ text, pending }) => text + pending).join('')).toBe('')
    expect(moments.at(-1)!.duration).toBe(3)
  })

  it.each(['align-att', 'local-agreement'] as const)(
    'of %s ends with its signal, also while nothing comes',
    async (policy) => {
      const silent = (async function* () {
        yield speech()
        await new Promise(() => {})
      })()
      const abort = new AbortController()
      const found = momentsOf(transcriber, { ...usual, policy, step: 0.5, signal: abort.signal }, silent)
      setTimeout(() => abort.abort(), 100)
      await expect(found).rejects.toThrow(code('ERR_ABORTED'))
      const before = momentsOf(transcriber, { ...usual, policy, signal: AbortSignal.abort() }, pieces())
      await expect(before).rejects.toThrow(code('ERR_ABORTED'))
    },
  )

  it.each([
    { policy: 'wait-k' },
    { policy: 'align-att', step: 0 },
    { policy: 'align-att', step: '1' },
    { policy: 'align-att', frames: 0 },
    { policy: 'align-att', frames: 2.5 },
    { policy: 'align-att', language: 'klingon' },
    { policy: 'align-att', beams: 0 },
    { policy: 'align-att', translateTo: 'en' },
    { step: -1 },
    null,
  ] as never[])('refuses %j', async (options) => {
    await expect(momentsOf(transcriber, options, pieces())).rejects.toThrow(code('ERR_OPTION'))
  })
})

/** The folder of whisper-base in Hugging Face's layout, which nobody has by chance. */
const { GLASSFORMER_WHISPER_BASE: base = '' } = process.env

describe.skipIf(!sharedFolder || !existsSync(base))('live text of whisper-base', () => {
  it('is what is heard of the whole clip', { timeout: 600_000 }, async () => {
    await using transcriber = await Transcriber.load(base, { precision: 'int8' })
    const clip = samplesOf(`${sharedFolder}/golden/whisper/clips/jfk.wav`)
    const half = (async function* () {
      // Faster than it can be heard, but each half second on its own.
      for (let i = 0; i < clip.length; i += 8000) {
        yield clip.slice(i, i + 8000)
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    })()
    const moments = await momentsOf(transcriber, { policy: 'align-att', temperature: 0 }, half)
    const letters = (text: string) =>
      text
        .toLowerCase()
        .replace(/[^a-z ]/g, '')
        .trim()
    const { text } = await transcriber.transcribe(clip, { temperature: 0 })
    expect(letters(moments.map((moment) => moment.text).join(''))).toBe(letters(text))
    const lags = moments.flatMap(({ words, duration }) => words.map(({ end }) => duration - end))
    expect(lags.reduce((sum, lag) => sum + lag, 0) / lags.length).toBeLessThan(2)
  })
})
