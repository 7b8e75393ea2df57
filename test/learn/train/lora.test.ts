import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { createPlayer } from '#dist/engine/program/create-player.js'
import { adapterFolder, readFactors } from '#dist/files/folders/adapters/index.js'
import { exportFolder } from '#dist/files/folders/export.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openRunModel } from '#dist/learn/train/run-model.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { type TrainResult, train } from '#dist/learn/train/train.js'
import { Translator } from '#dist/use/translate/translator.js'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'
import { lacks, runPython } from './vocabulary/python.ts'

const here = { threads: 1, precision: 'float32' } as const

const root = mkdtempSync(join(tmpdir(), 'lora-'))
afterAll(() => rmSync(root, { recursive: true }))

/** Another domain: the same numbers, read from their ends. */
function backwards(): string {
  const path = join(root, 'backwards.tsv')
  const lines = readFileSync(pairsFile(), 'utf8').trimEnd().split('\n')
  const turned = lines.map((line) => {
    const [source, target] = line.split('\t')
    return `${source}\t${target.split(' ').reverse().join(' ')}`
  })
  writeFileSync(path, `${turned.join('\n')}\n`)
  return path
}

function loraConfig(from: string, lora: object = { rank: 4 }, training: object = {}) {
  const settings = { steps: 8, batchTokens: 300, learningRate: 0.01, saveEvery: 3, ...training }
  const data = { train: { path: backwards() }, heldOut: 20 }
  return readTrainConfig({ from, lora, data, training: settings, validation: { every: 4, sentences: 2 } }, 'a test')
}

let base: TrainResult
beforeAll(async () => {
  base = await train(smallConfig({ training: { steps: 150 } }), newFolder(), here)
}, 60_000)

describe('training an adapter', () => {
  it('lowers the held-out loss of a new domain in 300 steps, and leaves the model as it is', async () => {
    const folder = newFolder()
    const losses: number[] = []
    const report = { validation: ({ loss }: { loss: number }) => void losses.push(loss) }
    const still = loraConfig(base.model!, { rank: 4 }, { steps: 1, learningRate: 1e-30 })
    const before = await train(still, newFolder(), here)
    expect(weightsOf(before.model!).equals(weightsOf(base.model!))).toBe(true)
    const after = await train(loraConfig(base.model!, { rank: 4 }, { steps: 300 }), folder, here, report)
    expect(after.scores!.loss).toBeLessThan(0.8 * before.scores!.loss)
    expect(losses.at(-1)).toBe(after.scores!.loss)

    // The adapter beside its model, merged into it, and the model that the training has written are one.
    const source = 'un deux trois quatre'
    await using translator = await Translator.load(base.model!, { adapters: { mine: join(folder, 'adapter') } })
    await using merged = await Translator.load(base.model!, { adapter: join(folder, 'adapter') })
    await using written = await Translator.load(after.model!)
    const [own, ofMerged, ofWritten] = [
      await translator.translate(source, { adapter: 'mine' }),
      await merged.translate(source),
      await written.translate(source),
    ]
    expect(own.ids).toEqual(ofWritten.ids)
    expect(ofMerged).toEqual(ofWritten)
    expect(own.score).toBeCloseTo(ofWritten.score, 4)
    const { steps, load, model } = await openRunModel(folder)
    load(steps.at(-1)!)
    expectClose(model.weights.values, loadFolder(after.model!, { precision: 'float32' }).weights.values, 1e-5)
  }, 60_000)

  it.each([
    [
      'dropout, rsLoRA and some modules',
      { rank: 3, dropout: 0.2, stabilized: true, targets: ['query', 'feedForward'] },
    ],
    ['Adafactor', { rank: 2 }],
  ])('ends with the same bits when it is interrupted: %s', async (what, lora) => {
    const config = loraConfig(base.model!, lora, what === 'Adafactor' ? { optimizer: 'adafactor', ema: 0.9 } : {})
    const whole = newFolder()
    await train(config, whole, here)
    const folder = newFolder()
    for (const at of [2, 5]) {
      const controller = new AbortController()
      const step = (report: { step: number }) => report.step === at && controller.abort()
      expect((await train(config, folder, { ...here, signal: controller.signal }, { step })).ended).toBe('stopped')
    }
    await train(config, folder, here)
    const adapterOf = (run: string) => readFileSync(join(run, 'adapter/adapter_model.safetensors'))
    expect(adapterOf(folder).equals(adapterOf(whole))).toBe(true)
    expect(weightsOf(join(folder, 'model')).equals(weightsOf(join(whole, 'model')))).toBe(true)
    const others = loraConfig(base.model!, { ...lora, rank: 5 })
    await expect(train(others, folder, here)).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  it('goes on from an adapter, whose folder it does not need afterwards', async () => {
    const first = newFolder()
    const { scores } = await train(loraConfig(base.model!, { rank: 4, stabilized: true }, { steps: 60 }), first, here)
    const given = join(root, 'given')
    cpSync(join(first, 'adapter'), given, { recursive: true })
    const folder = newFolder()
    const still = loraConfig(base.model!, { from: given }, { steps: 2, learningRate: 1e-30 })
    const signal = AbortSignal.abort()
    await train(still, folder, { ...here, signal })
    rmSync(given, { recursive: true })
    const ended = await train(still, folder, here)
    expect(ended.scores!.loss).toBeCloseTo(scores!.loss, 4)
    const { config } = loadFolder(base.model!)
    const [a, b] = [first, folder].map((run) => readFactors(adapterFolder(join(run, 'adapter')), config))
    expect(b.map(({ parameter, rank }) => [parameter, rank])).toEqual(a.map(({ parameter, rank }) => [parameter, rank]))
  })

  it('refuses settings that make no adapter, by name', () => {
    const data = { train: { path: pairsFile() } }
    const read = (more: object) => () => readTrainConfig({ data, ...more }, 'run.json')
    const refused = (field: string) =>
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(field) })
    expect(read({ lora: { rank: 4 } })).toThrow(refused('from'))
    expect(read({ from: 'a', lora: { rank: 0 } })).toThrow(refused('lora.rank'))
    expect(read({ from: 'a', lora: { alpha: Number.NaN } })).toThrow(refused('lora.alpha'))
    expect(read({ from: 'a', lora: { targets: ['queries'] } })).toThrow(refused('lora.targets'))
    expect(read({ from: 'a', lora: { dropout: 1 } })).toThrow(refused('lora.dropout'))
    expect(read({ from: 'a', lora: { ranks: 4 } })).toThrow(refused('ranks'))
    expect(read({ from: 'a', lora: {} })().lora).toMatchObject({ rank: 16, alpha: 32, dropout: 0 })
  })
})

const reason = lacks('peft')

describe.skipIf(reason)(`PEFT reads what was trained (${reason ?? 'here'})`, () => {
  it.each([
    ['all modules', { rank: 4 }],
    ['some, with rsLoRA', { rank: 3, stabilized: true, targets: ['query', 'outer'] }],
  ])(
    'with equal logits: %s',
    async (_, lora) => {
      const folder = newFolder()
      await train(loraConfig(base.model!, lora, { steps: 60 }), folder, here)
      const exported = newFolder()
      exportFolder(base.model!, exported)
      const [source, target] = [
        [5, 9, 12, 7, 0],
        [8, 11, 6, 9, 0],
      ]
      const { config } = loadFolder(base.model!)
      const inputs = [config.ids.start!, ...target.slice(0, -1)]
      const expected = runPython('../peft_logits.py', {
        base: exported,
        adapter: join(folder, 'adapter'),
        source,
        target: inputs,
      })
      const player = createPlayer({ ...here, backend: 'js' })
      const { weights } = loadFolder(join(folder, 'model'), { precision: 'float32' })
      const [logits] = new ForcedDecoder(player, weights).trace([{ source, target }], ['output.out'])
      player.close()
      expectClose(logits, expected, 1e-4)
    },
    120_000,
  )
})
