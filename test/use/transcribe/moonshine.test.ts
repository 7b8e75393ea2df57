import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pipeline } from '#dist/use/pipelines/index.js'
import { Transcriber } from '#dist/use/transcribe/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const golden = fileURLToPath(new URL('../../golden/seq2seq2/moonshine-half-rotary/model', import.meta.url))
const code = (expected: string) => expect.objectContaining({ code: expected })
const folder = join(scratchFolder(), 'moonshine')

/** The small random model, with a tokenizer that writes each id as a word. */
beforeAll(() => {
  cpSync(golden, folder, { recursive: true })
  const names = Array.from({ length: 97 }, (_, i) => (i < 3 ? ['<unk>', '<s>', '</s>'][i] : `▁w${i}`))
  const special = names.slice(0, 3).map((content, id) => ({ id, content, special: true }))
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false }
  const decoder = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }
  const json = {
    version: '1.0',
    added_tokens: special.map((each) => ({ ...each, ...plain })),
    normalizer: null,
    pre_tokenizer: decoder,
    post_processor: null,
    decoder,
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      vocab: Object.fromEntries(names.map((name, i) => [name, i])),
      merges: [],
    },
  }
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json))
})

/** Seconds of a tone whose loudness rises and falls. */
const tone = (seconds: number) =>
  Float32Array.from({ length: 16_000 * seconds }, (_, i) => 0.3 * Math.sin(i / 20) * Math.cos(i / 30_000))

describe('a transcriber with Moonshine', () => {
  let transcriber: Transcriber
  beforeAll(async () => {
    transcriber = await Transcriber.load(folder, { backend: 'js' })
  })
  afterAll(() => transcriber.close())

  it('writes at most 6.5 tokens for a second, in windows of at most 30 seconds', async () => {
    const { segments, duration } = await transcriber.transcribe(tone(1), { temperature: 0 })
    expect(duration).toBe(1)
    expect(segments).toHaveLength(1)
    expect(segments[0].tokens).toHaveLength(6)
    expect(segments[0].text).toBe(segments[0].tokens.map((id) => ` w${id}`).join(''))
    const long = await transcriber.transcribe(tone(32), { temperature: 0, maxTokens: 3 })
    expect(long.segments).toHaveLength(2)
    expect(long.segments[0].end).toBeGreaterThan(20)
    expect(long.segments[0].end).toBeLessThanOrEqual(30)
    expect(long.segments[1]).toMatchObject({ start: long.segments[0].end, end: 32 })
  })

  it.each([
    { language: 'en' },
    { timestamps: 'words' as const },
    { timestamps: 'segments' as const },
    { prompt: 'Names' },
    { task: 'translate' as const },
  ])('refuses %j, which its transcripts cannot have', async (options) => {
    await expect(transcriber.transcribe(tone(1), options)).rejects.toThrow(code('ERR_OPTION'))
    await expect(transcriber.detectLanguage(tone(1))).rejects.toThrow(code('ERR_UNSUPPORTED'))
  })

  it.each(['align-att', 'local-agreement'] as const)(
    'has no live text by %s, which needs times of words',
    async (policy) => {
      await expect(transcriber.live(tone(1), { policy }).next()).rejects.toThrow(code('ERR_UNSUPPORTED'))
    },
  )

  it('writes in a pipeline of automatic-speech-recognition', async () => {
    const write = await pipeline('automatic-speech-recognition', folder)
    const { text } = await write(tone(1))
    expect(text).toMatch(/^( w\d+){6}$/)
    await expect(write(tone(1), { return_timestamps: true })).rejects.toThrow(code('ERR_OPTION'))
    await write.dispose()
  })
})
