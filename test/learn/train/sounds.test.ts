import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { statesOf } from '#dist/engine/decode/step/index.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { train } from '#dist/learn/train/index.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { Transcriber } from '#dist/use/transcribe/index.js'
import { sharedFolder } from '../../shared-folder.ts'

const tiny = `${sharedFolder}/golden/whisper/tiny`
const from = `${tiny}/tiny-2s`
const scratch = mkdtempSync(join(tmpdir(), 'sounds-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** A tone of two seconds as a WAV file of 16 bits. */
function tone(hertz: number): string {
  const count = 32_000
  const file = Buffer.alloc(44 + 2 * count)
  file.write('RIFF', 0).toString()
  file.writeUInt32LE(36 + 2 * count, 4)
  file.write('WAVEfmt ', 8)
  for (const [i, value] of [16, 1 + (1 << 16), 16_000, 32_000, 2 + (16 << 16)].entries())
    file.writeUInt32LE(value >>> 0, 16 + 4 * i)
  file.write('data', 36)
  file.writeUInt32LE(2 * count, 40)
  for (let i = 0; i < count; i++)
    file.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * hertz * i) / 16_000)), 44 + 2 * i)
  const path = join(scratch, `${hertz}.wav`)
  writeFileSync(path, file)
  return path
}

describe.skipIf(!sharedFolder)('a model that hears', () => {
  const pairs = join(scratch, 'pairs.tsv')
  tone(300)
  tone(2000)
  writeFileSync(pairs, '300.wav\tlow\n2000.wav\thigh tone\n')

  it('learns what is said in sounds, and hears it then', async () => {
    const settings = {
      from,
      data: {
        train: { format: 'audio', path: pairs, language: 'en' },
        validation: { format: 'audio', path: pairs, language: 'en' },
      },
      training: { steps: 80, learningRate: 0.004, dropout: 0, seed: 1 },
      validation: { every: 80 },
    } as const
    const { model, scores } = await train(settings, join(scratch, 'run'))
    expect(scores!.loss).toBeLessThan(2.6)
    await using transcriber = await Transcriber.load(model!)
    const options = { language: 'en', temperature: 0, timestamps: false } as const
    for (const [sound, said] of [
      ['300.wav', 'low'],
      ['2000.wav', 'high tone'],
    ]) {
      const { text } = await transcriber.transcribe(join(scratch, sound), options)
      expect(text.slice(0, said.length), sound).toBe(said)
    }
  })

  it('has the gradients of finite differences in its convolutions and positions', () => {
    const { weights, config } = loadFolder(from, { precision: 'float32' })
    const { mels, positions } = config.sound!
    const sound = Float32Array.from({ length: 2 * positions * mels }, (_, i) => Math.sin(i * 0.37) * 0.7)
    const target = [515, 615, 619, 40, 300, 411, config.ids.end]
    const batch = [{ source: statesOf(positions), sound, target }]
    const player = new JsPlayer()
    const step = new TrainingStep(player, weights, {
      loss: { smoothing: 0, over: 'all' },
      dropout: { residual: 0, attention: 0, activation: 0 },
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weightDecay: 0 } as never,
      clip: 0,
      seed: 1,
    })
    step.accumulate(batch, 1, 1)
    for (const [name, at] of [
      ['encoder.conv1.weight', 5],
      ['encoder.conv1.bias', 3],
      ['encoder.conv2.weight', 40],
      ['encoder.positions.weight', 7],
    ] as const) {
      const place = weights.place(name).offset + at
      const before = weights.values[place]
      const h = 2e-3
      weights.values[place] = before + h
      const above = step.loss(batch)
      weights.values[place] = before - h
      const below = step.loss(batch)
      weights.values[place] = before
      const expected = (above - below) / (2 * h)
      expect(Math.abs(step.gradients[place] - expected), name).toBeLessThan(0.02 * Math.max(1, Math.abs(expected)))
    }
  })
})
