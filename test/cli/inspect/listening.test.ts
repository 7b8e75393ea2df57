import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listeningPage } from '#dist/cli/inspect/listening-page.js'
import { Transcriber } from '#dist/use/transcribe/transcriber.js'
import { goldenSound } from '../../sound/golden-sound.ts'
import { ended, glassformer, start } from '../command.ts'

const tiny = join(import.meta.dirname, '../../golden/whisper-tiny')
const speech = join(goldenSound, 'speech.wav')

await using transcriber = await Transcriber.load(tiny)
const listening = await transcriber.listen(speech, { language: 'en', temperature: 0 })

describe('listening', () => {
  test('has the spectrogram, the tokens, and a path through the attention from the first to the last', () => {
    const { frames, mels, spectrogram, samples, tokens, attention, states, path, duration } = listening
    expect({ frames, mels, states, duration }).toEqual({ frames: 80, mels: 80, states: 40, duration: 0.8 })
    expect([spectrogram.length, samples.length]).toEqual([6400, 12800])
    expect(attention.length).toBe((tokens.length + 1) * states)
    expect(path[0]).toEqual({ token: 0, state: 0 })
    expect(path.at(-1)).toEqual({ token: tokens.length, state: states - 1 })
    for (const { start, end, probability } of tokens) {
      expect(end).toBeGreaterThanOrEqual(start)
      expect(probability).toBeGreaterThan(0)
    }
  })

  test('is a page by itself: sound, picture and script, and nothing from elsewhere', () => {
    const { html, policy } = listeningPage(listening, { name: '<talk>.wav', model: 'tiny' })
    expect(html).toContain('<h1>&lt;talk&gt;.wav</h1>')
    expect(html.match(/data-start=/g)).toHaveLength(listening.tokens.length)
    expect(html).toContain(`content="${policy}"`)
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/)
    const sound = Buffer.from(/data:audio\/wav;base64,([^"]+)/.exec(html)![1]!, 'base64')
    expect(sound.length).toBe(44 + 2 * 12800)
    expect(sound.equals(readFileSync(speech))).toBe(true)
  })
})

test('glassformer inspect --sound writes the page, or serves it', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'glassformer-listen-')), 'page.html')
  const args = ['inspect', '--sound', speech, '--model', tiny, '--language', 'en']
  expect(await glassformer([...args, '--export', file])).toMatchObject({ code: 0, stderr: '' })
  expect(existsSync(file)).toBe(true)
  const child = start(args)
  const url = await new Promise<string>((resolve) => {
    child.stdout!.on('data', (text: Buffer) => resolve(/http:\S+/.exec(String(text))![0]))
  })
  const page = await fetch(url)
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/)
  expect(await page.text()).toContain('<audio')
  expect((await fetch(`${url}other`)).status).toBe(404)
  child.kill('SIGTERM')
  await ended(child)
})
