import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openSound } from '#dist/sound/input/open-sound.js'
import { logMel } from '#dist/sound/signal/log-mel.js'
import { speechDetector } from '#dist/sound/speech/detector.js'
import { Energy } from '#dist/sound/speech/energy.js'
import { speechChunks, speechSegments } from '#dist/sound/speech/segments.js'
import { npzArrays } from '../npz.ts'
import { sharedFolder } from '../shared-folder.ts'
import { difference, gathered, joined } from './golden-sound.ts'

describe.skipIf(!sharedFolder)('log-mel of the clips of ../shared', () => {
  const folder = join(sharedFolder ?? '', 'golden/whisper')
  const golden = sharedFolder ? npzArrays(join(folder, 'whisper-base/features.npz')) : null

  test.each(['jfk', 'fr-congrats', 'fr-instruct', 'mixed', 'multilingual', 'silence', 'noise'])('%s', async (name) => {
    const samples = await gathered((await openSound(join(folder, 'clips', `${name}.wav`))).samples())
    const padded = new Float32Array(480000)
    padded.set(samples.subarray(0, 480000))
    const kinds = { short: padded, long: samples }
    let compared = 0
    for (const [kind, sound] of Object.entries(kinds)) {
      const expected = golden!.get(`${name}.${kind}`)
      if (!expected) continue
      const columns = golden!.get(`${name}.${kind}.columns`)!
      const mel = logMel(sound)
      for (let mel80 = 0; mel80 < 80; mel80++)
        for (let i = 0; i < columns.values.length; i++) {
          const own = mel[columns.values[i]! * 80 + mel80]!
          if (Math.abs(own - expected.values[mel80 * columns.values.length + i]!) > 2e-5) expect.fail(`${kind} ${i}`)
          compared++
        }
    }
    expect(compared).toBeGreaterThan(2000)
  })
})

describe.skipIf(!sharedFolder)('speech in the clips of ../shared', () => {
  const folder = join(sharedFolder ?? '', 'golden/whisper')
  const golden = sharedFolder ? npzArrays(join(folder, 'whisper-base/vad.npz')) : null
  const cuts = sharedFolder ? JSON.parse(readFileSync(join(folder, 'whisper-base/vad.json'), 'utf8')) : null

  test.each(['jfk', 'fr-congrats', 'fr-instruct', 'mixed', 'multilingual', 'silence', 'noise'])('%s', async (name) => {
    const detector = speechDetector()
    const sound = await openSound(join(folder, 'clips', `${name}.wav`))
    const pieces: Float32Array[] = []
    let length = 0
    for await (const samples of sound.samples()) {
      length += samples.length
      pieces.push(detector.push(samples))
    }
    const probabilities = joined([...pieces, detector.end()])
    expect(difference(probabilities, golden!.get(name)!.values)).toBeLessThan(1e-4)

    expect(speechSegments(probabilities, length)).toEqual(cuts[name].default)
    const batched = speechSegments(probabilities, length, { maxSpeech: 30, minSilence: 0.16 })
    expect(batched).toEqual(cuts[name].batched)
    expect(speechSegments(probabilities, length, { minSilence: 0.5, pad: 0.1 })).toEqual(cuts[name]['short silences'])
    const durations = speechChunks(batched).map((chunk) => chunk.length / 16000)
    const theirs = cuts[name]['chunks of the batched'].map((chunk: { duration: number }) => chunk.duration)
    expect(durations).toEqual(theirs.filter((duration: number) => duration > 0))
  })

  test('by loudness, silence is none and speech is found', async () => {
    const lengthOf = async (name: string) => {
      const samples = await gathered((await openSound(join(folder, 'clips', `${name}.wav`))).samples())
      const energy = new Energy()
      const probabilities = joined([energy.push(samples), energy.end()])
      const segments = speechSegments(probabilities, samples.length, { minSilence: 0.5 })
      return segments.reduce((sum, { start, end }) => sum + end - start, 0) / samples.length
    }
    expect(await lengthOf('silence')).toBe(0)
    for (const name of ['jfk', 'fr-congrats', 'fr-instruct']) expect(await lengthOf(name), name).toBeGreaterThan(0.8)
    expect(await lengthOf('mixed')).toBeLessThan(0.9)
  })
})
