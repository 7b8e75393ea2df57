import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { bytesOf, goldenSound } from '../../sound/golden-sound.ts'
import { ended, glassformer, start } from '../command.ts'

// Models of random weights, which say nothing that makes sense.
const tiny = join(import.meta.dirname, '../../golden/whisper-tiny')
const speech = join(goldenSound, 'speech.wav')
const transcribe = (...args: string[]) =>
  glassformer(['transcribe', '--model', tiny, '--language', 'en', '--temperature', '0', ...args])

describe('glassformer transcribe', () => {
  test('prints the text, or subtitles, of one sound', async () => {
    const { code, stdout, stderr } = await transcribe(speech)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/\S\n$/)
    expect((await transcribe(speech, '--srt')).stdout).toMatch(/^1\n00:00:0\d,\d{3} --> /)
    expect((await transcribe(speech, '--output_format', 'vtt')).stdout).toMatch(/^WEBVTT\n\n/)
    const json = JSON.parse((await transcribe(speech, '--json', '--word_timestamps', 'True')).stdout)
    expect(json).toMatchObject({ language: 'en', duration: 0.8, text: expect.any(String) })
    expect(json.segments[0].words[0]).toMatchObject({ word: expect.any(String), start: expect.any(Number) })
  })

  test('reads standard input', async () => {
    const child = start(['transcribe', '--model', tiny, '--language', 'en', '--temperature', '0', '-'])
    child.stdin!.end(bytesOf('speech.wav'))
    const { code, stdout } = await ended(child)
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await transcribe(speech)).stdout })
  })

  test('writes over no sound, by whatever links', async () => {
    const folder = scratchFolder()
    writeFileSync(join(folder, 'talk.wav'), bytesOf('speech.wav'))
    symlinkSync(join(folder, 'talk.wav'), join(folder, 'linked.srt'))
    const { code, stderr } = await transcribe(join(folder, 'talk.wav'), '--srt', '-o', join(folder, 'linked.srt'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/ERR_OPTION: .*linked\.srt is an input too/)
    expect(Buffer.from(bytesOf('speech.wav')).equals(readFileSync(join(folder, 'talk.wav')))).toBe(true)
  })

  test('writes files of a folder, passes over what is damaged, and says so at the end', async () => {
    const folder = scratchFolder()
    writeFileSync(join(folder, 'good.wav'), bytesOf('speech.wav'))
    writeFileSync(join(folder, 'cut.wav'), bytesOf('speech.wav').subarray(0, 1000))
    const out = join(folder, 'out')
    const { code, stdout, stderr } = await transcribe(folder, '-o', out, '-f', 'all', '--progress')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(
      `glassformer: ERR_AUDIO_FORMAT: ${join(folder, 'cut.wav')}: WAV, at byte 1000: the file is cut`,
    )
    expect(stderr).toMatch(/of sound/)
    expect(readdirSync(out).sort()).toEqual(['good.json', 'good.srt', 'good.tsv', 'good.txt', 'good.vtt'])
    expect(readFileSync(join(out, 'good.tsv'), 'utf8')).toMatch(/^start\tend\ttext\n\d+\t\d+\t\S/)
  })
})

test('a model that is not there is named with the command that brings it', async () => {
  const { code, stderr } = await glassformer(['transcribe', '--model', 'tiny.en', speech], '', {
    HF_HUB_CACHE: scratchFolder(),
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(/ERR_FILE: .*glassformer pull openai\/whisper-tiny\.en/)
})

test('a model of texts is refused', async () => {
  const { code, stderr } = await glassformer(['transcribe', '--model', 'fr-en', speech])
  expect(code).toBe(1)
  expect(stderr).toMatch(/ERR_UNSUPPORTED: .* is a model of texts/)
})

test('--live prints text while it is spoken, also from a program that does not know its length', async () => {
  const header = bytesOf('speech.wav').slice(0, 44)
  new DataView(header.buffer).setUint32(40, 0x7fffffff, true)
  const child = start(['transcribe', '--model', tiny, '--language', 'en', '--temperature', '0', '--live', '-'])
  child.stdin!.write(header)
  child.stdin!.end(bytesOf('speech.wav').subarray(44))
  const { code, stdout, stderr } = await ended(child)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/\S\n$/)
})

test('--policy, --step and --frames belong to --live', async () => {
  const policy = ['--policy', 'align-att', '--step', '0.4', '--frames', '10']
  const { code, stdout, stderr } = await transcribe(speech, '--live', ...policy)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/\n$/)
  expect(await transcribe(speech, ...policy)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/--policy belongs to --live/),
  })
  expect((await transcribe(speech, '--live', '--policy', 'never')).code).toBe(2)
})

test('--translate-to needs a translator, but for English', async () => {
  const { code, stderr } = await transcribe(speech, '--translate-to', 'de')
  expect({ code }).toEqual({ code: 1 })
  expect(stderr).toMatch(/ERR_OPTION: .*translator/)
  const json = JSON.parse(
    (
      await glassformer([
        'transcribe',
        '--model',
        tiny,
        '--language',
        'fr',
        '--temperature',
        '0',
        '--translate-to',
        'en',
        '--json',
        speech,
      ])
    ).stdout,
  )
  expect(json.segments[0]).toMatchObject({ text: expect.any(String), translation: expect.any(String) })
  expect(json.translation).toEqual(expect.any(String))
})
