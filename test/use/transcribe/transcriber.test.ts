import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { pipeline } from '#dist/use/pipelines/index.js'
import { type TranscribeOptions, type TranscribeProgress, Transcriber } from '#dist/use/transcribe/index.js'
import { samplesOf } from '../../engine/speech/hearer.ts'
import { sharedFolder } from '../../shared-folder.ts'

const golden = `${sharedFolder}/golden/whisper`
const tiny = `${golden}/tiny/tiny-2s`
const audio = `${golden}/tiny/audio.wav`
const code = (expected: string) => expect.objectContaining({ code: expected })

describe.skipIf(!sharedFolder)('a transcriber', () => {
  let transcriber: Transcriber
  const options: TranscribeOptions = { language: 'fr', temperature: 0 }
  beforeAll(async () => {
    transcriber = await Transcriber.load(tiny)
  })
  afterAll(() => transcriber.close())

  it('returns segments with times, tokens and scores, and tells its progress', async () => {
    const told: TranscribeProgress[] = []
    const found = await transcriber.transcribe(audio, { ...options, progress: (each) => told.push(each) })
    expect(found).toMatchObject({ language: 'fr', languageProbability: null, task: 'transcribe', duration: 7.3 })
    expect(found.segments.length).toBeGreaterThan(2)
    expect(found.segments.map(({ id }) => id)).toEqual(found.segments.map((_, i) => i))
    for (const { start, end, tokens, avgLogprob, noSpeechProb } of found.segments) {
      expect(end).toBeGreaterThan(start)
      expect(tokens[0]).toBeGreaterThanOrEqual(620)
      expect(avgLogprob).toBeLessThan(0)
      expect(noSpeechProb).toBeGreaterThan(0)
    }
    expect(found.text).toBe(
      found.segments
        .map(({ text }) => text)
        .join('')
        .trim(),
    )
    expect(told.at(-1)).toMatchObject({ done: 7.3, total: 7.3 })
  })

  it('hears files, samples, streams and their rates as one', async () => {
    const samples = samplesOf(audio)
    const stream = async function* () {
      for (let i = 0; i < samples.length; i += 9999) yield samples.subarray(i, i + 9999)
    }
    const { text } = await transcriber.transcribe(audio, options)
    expect((await transcriber.transcribe(samples, options)).text).toBe(text)
    expect((await transcriber.transcribe(readFileSync(audio), options)).text).toBe(text)
    // A stream cannot be read twice, and its loudest value is known only so far.
    expect((await transcriber.transcribe(stream(), options)).segments.length).toBeGreaterThan(0)
  })

  it('gives words times within their segments', async () => {
    const { segments } = await transcriber.transcribe(audio, { ...options, timestamps: 'words' })
    const words = segments.flatMap((segment) => segment.words!)
    expect(words.length).toBeGreaterThan(4)
    for (const { words: own = [], text } of segments) expect(own.map(({ word }) => word).join('')).toBe(text)
    for (const [i, { start, end, probability }] of words.entries()) {
      expect(end).toBeGreaterThanOrEqual(start)
      expect(probability).toBeGreaterThan(0)
      if (i) expect(start).toBeGreaterThanOrEqual(words[i - 1].start)
    }
  })

  it('streams segments as they come, and stops where the loop is left', async () => {
    const { segments } = await transcriber.transcribe(audio, options)
    const found: string[] = []
    for await (const segment of transcriber.stream(audio, options)) {
      found.push(segment.text)
      if (found.length === 2) break
    }
    expect(found).toEqual(segments.slice(0, 2).map(({ text }) => text))
  })

  it('hears pieces of speech side by side, to the end', async () => {
    const { segments } = await transcriber.transcribe(audio, { ...options, batched: true })
    expect(segments.length).toBeGreaterThan(0)
    for (const [i, { start, end }] of segments.entries()) {
      expect(end).toBeLessThanOrEqual(7.3)
      if (i) expect(start).toBeGreaterThanOrEqual(segments[i - 1].start)
    }
  })

  it('hears nothing in silence', async () => {
    const silence = new Float32Array(5 * 16_000)
    for (const more of [{}, { vad: true }, { batched: true }])
      expect(await transcriber.transcribe(silence, { ...options, ...more })).toMatchObject({ text: '', segments: [] })
  })

  it('detects the language', async () => {
    const { language, probability, probabilities } = await transcriber.detectLanguage(audio)
    expect(probabilities[language]).toBe(probability)
    expect(Object.keys(probabilities)).toHaveLength(99)
    expect(Object.values(probabilities).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 5)
  })

  it('draws the same at a temperature with the same seed, and tries temperatures until a text is good enough', async () => {
    const drawn = { language: 'fr', temperature: 0.7, seed: 3, logprobThreshold: 'off' } as const
    const [one, other] = await Promise.all([transcriber.transcribe(audio, drawn), transcriber.transcribe(audio, drawn)])
    expect(one.segments.map(({ tokens }) => tokens)).toEqual(other.segments.map(({ tokens }) => tokens))
    const { segments } = await transcriber.transcribe(audio, {
      language: 'fr',
      temperature: [0, 0.5],
      logprobThreshold: 0,
      noSpeechThreshold: 'off',
    })
    for (const { temperature } of segments) expect(temperature).toBe(0.5)
  })

  it('refuses what it cannot follow', async () => {
    await expect(transcriber.transcribe(audio, { language: 'klingon' })).rejects.toThrow(code('ERR_OPTION'))
    await expect(transcriber.transcribe(audio, { beams: 0 })).rejects.toThrow(code('ERR_OPTION'))
    await expect(transcriber.transcribe(audio, { translateTo: 'de' })).rejects.toThrow(code('ERR_OPTION'))
    await expect(transcriber.transcribe('/nowhere.wav')).rejects.toThrow(code('ERR_FILE'))
    await expect(transcriber.transcribe(5 as never)).rejects.toThrow(code('ERR_INPUT'))
    await expect(transcriber.transcribe(audio, { signal: AbortSignal.abort() })).rejects.toThrow(code('ERR_ABORTED'))
    const abort = new AbortController()
    const call = transcriber.transcribe(audio, { ...options, signal: abort.signal, progress: () => abort.abort() })
    await expect(call).rejects.toThrow(code('ERR_ABORTED'))
    await expect(Translator.load(tiny)).rejects.toThrow(code('ERR_UNSUPPORTED'))
    await expect(Transcriber.load('fr-en')).rejects.toThrow(code('ERR_UNSUPPORTED'))
  })

  it('translates segments whose times stay', async () => {
    await using translator = await Translator.load('fr-en')
    const { segments, translation } = await transcriber.transcribe(audio, { ...options, translateTo: 'en', translator })
    expect(segments.every((segment) => typeof segment.translation === 'string')).toBe(true)
    expect(translation).toBe(
      segments
        .map((segment) => segment.translation)
        .join('')
        .trim(),
    )
  })

  it('keeps what is said after a prefix', async () => {
    const { segments } = await transcriber.transcribe(audio, { ...options, prefix: ' Bonjour' })
    expect(segments[0].start).toBeGreaterThanOrEqual(0)
    expect(segments[0].start).toBeLessThan(2)
    expect(segments.map(({ text }) => text).join('').length).toBeGreaterThan(10)
  })

  it('is a pipeline of transformers.js too, also for files in the web', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/audio.wav') response.end(readFileSync(audio))
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await using hear = await pipeline('automatic-speech-recognition', tiny)
    const own = await hear(audio, { language: 'fr' })
    expect(await hear(`${address}/audio.wav`, { language: 'fr' })).toEqual(own)
    expect(await hear(new URL(`${address}/audio.wav`), { language: 'fr' })).toEqual(own)
    await expect(hear(`${address}/none.wav`)).rejects.toThrow(code('ERR_NETWORK'))
    server.close()
  })

  it('is a pipeline of transformers.js too', async () => {
    await using hear = await pipeline('automatic-speech-recognition', tiny)
    // Greedy, at one temperature, as the real one.
    const { segments } = await transcriber.transcribe(audio, { ...options, beams: 1 })
    const found = await hear(audio, { language: 'fr', return_timestamps: true })
    expect(found.chunks).toEqual(segments.map(({ start, end, text }) => ({ text, timestamp: [start, end] })))
    const text = segments.map((segment) => segment.text).join('')
    expect(await hear([audio], { language: 'fr' })).toEqual([{ text }])
    const samples = samplesOf(audio)
    const raw = Float64Array.from(samples)
    expect(await hear(raw, { language: 'fr' })).toEqual({ text })
    expect(await hear({ raw, sampling_rate: 16000 }, { language: 'fr' })).toEqual({ text })
    await expect(hear(audio, { nonsense: 1 } as never)).rejects.toThrow(code('ERR_UNSUPPORTED'))
  })
})

/** The folder of whisper-base in Hugging Face's layout, which nobody has by chance. */
const { GLASSFORMER_WHISPER_BASE: base = '' } = process.env

describe.skipIf(!sharedFolder || !existsSync(base))('whisper-base', () => {
  interface Segment {
    start: number
    end: number
    tokens: number[]
    words?: { word: string; start: number; end: number; probability: number }[]
  }
  interface Case {
    clip: string
    language: string | null
    options: Record<string, unknown>
    result: { language: string; segments: Segment[] }
  }
  const cases: Case[] = existsSync(base)
    ? JSON.parse(readFileSync(`${golden}/whisper-base/openai-transcribe.json`, 'utf8'))
    : []
  let transcriber: Transcriber
  beforeAll(async () => {
    transcriber = await Transcriber.load(base, { precision: 'float32' })
  })
  afterAll(() => transcriber.close())

  it.each(cases)("has openai-whisper's ids and times: $clip $options", { timeout: 600_000 }, async (each) => {
    const given = each.options
    const { segments, language } = await transcriber.transcribe(`${golden}/clips/${each.clip}.wav`, {
      temperature: 0,
      conditionOnPreviousText: (given.condition_on_previous_text as boolean) ?? true,
      timestamps: given.word_timestamps ? 'words' : 'segments',
      beams: (given.beam_size as number) ?? 1,
      ...(each.language !== null && { language: each.language }),
      ...(given.initial_prompt !== undefined && { prompt: given.initial_prompt as string }),
      ...(given.hallucination_silence_threshold !== undefined && {
        hallucinationSilenceThreshold: given.hallucination_silence_threshold as number,
      }),
    })
    const expected = each.result.segments.filter(({ tokens }) => tokens.length)
    expect(language).toBe(each.result.language)
    expect(segments.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens))
    for (const [i, { words = [] }] of expected.entries())
      for (const [k, { word, start, end }] of words.entries()) {
        expect(segments[i].words![k].word).toBe(word)
        expect(Math.abs(segments[i].words![k].start - start)).toBeLessThan(0.021)
        expect(Math.abs(segments[i].words![k].end - end)).toBeLessThan(0.021)
      }
  })

  it('hears three speakers and two languages to their end', { timeout: 600_000 }, async () => {
    for (const batched of [false, true]) {
      const { text } = await transcriber.transcribe(`${golden}/clips/mixed.wav`, { batched })
      expect(text).toMatch(/He might even have been made amiable himself\.$/)
      if (!batched) expect(text).toContain('Vous avez aussi installé quelques fichiers audio')
    }
    const { text } = await transcriber.transcribe(`${golden}/clips/silence.wav`)
    expect(text).toBe('')
  })
})
