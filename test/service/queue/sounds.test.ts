import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deadLetters, enqueue, enqueueSounds, work } from '#dist/service/queue/index.js'
import { glassformer } from '../../cli/command.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { bytesOf, goldenSound } from '../../sound/golden-sound.ts'
import { noRedis, RedisServer } from './redis-server.ts'

const model = join(import.meta.dirname, '../../golden/whisper-tiny')
const speech = join(goldenSound, 'speech.wav')

describe.skipIf(noRedis !== undefined)('sounds in a queue', () => {
  const server = noRedis === undefined ? RedisServer.start() : (undefined as never)
  const load = { workers: 1, threads: 1, stalledAfter: 1 }
  const options = { model, language: 'en', temperature: 0 }

  test('are written down by workers with a model of speech, and one that cannot be read is said', async () => {
    const { url: queue } = await server
    await using _worker = await work({ ...load, queue, model, port: 0 })
    const cut = join(scratchFolder(), 'cut.wav')
    writeFileSync(cut, bytesOf('speech.wav').subarray(0, 999))
    const enqueued = await enqueueSounds([speech, cut, join(cut, 'none.wav')], {
      ...options,
      queue,
      outputFormat: 'srt',
    })
    expect(enqueued.ids).toHaveLength(3)
    const [written, damaged, missing] = await enqueued.result()
    expect(written).toMatchObject({ text: expect.stringMatching(/^1\n00:00:0\d,\d{3} --> /) })
    expect(damaged).toMatchObject({
      text: '',
      error: { code: 'ERR_AUDIO_FORMAT', message: expect.stringContaining('at byte 999') },
    })
    expect(missing).toMatchObject({ error: { code: 'ERR_FILE' } })
    await expect(enqueueSounds(speech, { ...options, queue, beams: 0 })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  test('of a folder become a folder of transcripts', async () => {
    const { url: queue } = await server
    await using _worker = await work({ ...load, queue, model })
    const folder = scratchFolder()
    mkdirSync(join(folder, 'more'))
    for (const name of ['a.wav', 'more/b.wav']) writeFileSync(join(folder, name), bytesOf('speech.wav'))
    const out = join(folder, 'out')
    const args = [
      'enqueue',
      folder,
      '--sound',
      '--queue',
      queue,
      '--model',
      model,
      '--language',
      'en',
      '-f',
      'vtt',
      '-o',
      out,
    ]
    expect(await glassformer(args)).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(out, { recursive: true }).sort()).toEqual(['a.vtt', 'more', join('more', 'b.vtt')])
    expect(readFileSync(join(out, 'a.vtt'), 'utf8')).toMatch(/^WEBVTT\n\n/)
  })

  test('are dead letters at once for a worker that translates, and texts for one that hears', async () => {
    const { url: queue } = await server
    await using _hears = await work({ ...load, queue, model })
    const texts = await enqueue('Merci.', { queue, model })
    await expect(texts.result()).rejects.toMatchObject({
      code: 'ERR_JOB',
      message: expect.stringContaining('writes down sounds'),
    })
    expect((await deadLetters({ queue, model })).length).toBe(1)
  })
})
