import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pipeline } from '#dist/use/pipelines/index.js'
import { Transcriber } from '#dist/use/transcribe/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { smallMoonshine } from './small-moonshine.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })
const folder = smallMoonshine(join(scratchFolder(), 'moonshine'))

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
    { timestamps: 'words' as const },
    { timestamps: 'segments' as const },
    { prompt: 'Names' },
    { task: 'translate' as const },
  ])('refuses %j, which its transcripts cannot have', async (options) => {
    await expect(transcriber.transcribe(tone(1), options)).rejects.toThrow(code('ERR_UNSUPPORTED'))
    await expect(transcriber.detectLanguage(tone(1))).rejects.toThrow(code('ERR_UNSUPPORTED'))
  })

  it.each(['align-att', 'local-agreement'] as const)(
    'has no live text by %s, which needs times of words',
    async (policy) => {
      await expect(transcriber.live(tone(1), { policy }).next()).rejects.toThrow(code('ERR_UNSUPPORTED'))
    },
  )

  it('takes the language as it is told, and listens to none', async () => {
    const options = { temperature: 0, maxTokens: 2 }
    expect((await transcriber.transcribe(tone(1), options)).language).toBe('en')
    expect((await transcriber.transcribe(tone(1), { ...options, language: 'Japanese' })).language).toBe('ja')
    await expect(transcriber.transcribe(tone(1), { language: 'klingon' })).rejects.toThrow(code('ERR_OPTION'))
    await expect(transcriber.listen(tone(1))).rejects.toThrow(/windows alone, and none of words/)
  })

  it.each(['int8', 'int4'] as const)('writes in %s', async (precision) => {
    await using small = await Transcriber.load(folder, { precision })
    const { segments } = await small.transcribe(tone(1), { temperature: 0 })
    expect(segments[0].tokens).toHaveLength(6)
  })

  it('writes in a pipeline of automatic-speech-recognition', async () => {
    const write = await pipeline('automatic-speech-recognition', folder)
    const { text } = await write(tone(1))
    expect(text).toMatch(/^( w\d+){6}$/)
    await expect(write(tone(1), { return_timestamps: true })).rejects.toThrow(code('ERR_UNSUPPORTED'))
    await write.dispose()
  })
})
