import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeSafetensors } from '#dist/formats/tensors/safetensors-writer.js'
import { Translator } from '#dist/index.js'

const golden = fileURLToPath(new URL('../../golden/', import.meta.url))
const model = `${golden}hub/bart/model`
const folderOf = (k: number) => `${golden}more/adapters/bart-${k}`

/** The tokens that PEFT generates with an adapter, the start included. */
const cases = [0, 1, 2].flatMap((k) => {
  const { cases } = JSON.parse(readFileSync(`${folderOf(k)}/expected.json`, 'utf8'))
  return (cases as { source: number[]; greedy: number[] }[]).map((own) => ({ ...own, adapter: `a${k}` }))
})
const greedy = { num_beams: 1, do_sample: false, max_new_tokens: 10 }
const adapters = { a0: folderOf(0), a1: folderOf(1), a2: folderOf(2) }

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'adapters-'))
})
afterAll(() => rmSync(root, { recursive: true }))

describe('adapters of requests', () => {
  it('are chosen by name, several in one batch, and give the ids of PEFT', async () => {
    await using translator = await Translator.load(model, { adapters, workers: 1 })
    expect(translator.adapters).toEqual(['a0', 'a1', 'a2'])
    const found = await Promise.all(
      cases.map(({ source, adapter }) => translator.generate(source, { ...greedy, adapter })),
    )
    expect(found.map(([{ sequence }]) => sequence)).toEqual(cases.map(({ greedy }) => greedy))
  })

  it('count in translate, translateSync, score, encode and inspect, beside requests without one', async () => {
    await using translator = await Translator.load(model, { adapters, workers: 1, cacheBytes: 1 << 20 })
    const { source } = cases[0]
    const options = { beams: 2, minTokens: 4 }
    const without = await translator.translate(source, options)
    for (const [name, folder] of Object.entries(adapters)) {
      await using merged = await Translator.load(model, { adapter: folder, workers: 1 })
      const own = await translator.translate(source, { ...options, adapter: name })
      const wanted = await merged.translate(source, options)
      expect(own.ids).toEqual(wanted.ids)
      expect(own.score).toBeCloseTo(wanted.score, 4)
      expect(own.score).not.toBe(without.score)
      expect(translator.translateSync(source, { ...options, adapter: name })).toEqual(own)
      const pair = { source, target: own.ids }
      const [score] = await translator.score([pair], { adapter: name })
      expect(score.score).toBeCloseTo((await merged.score([pair]))[0].score, 4)
      const { mean } = await translator.encode(source, { adapter: name })
      const [expected, plain] = [(await merged.encode(source)).mean, (await translator.encode(source)).mean]
      mean.forEach((value, i) => void expect(value).toBeCloseTo(expected[i], 4))
      expect(mean).not.toEqual(plain)
      const trace = await translator.inspect(source, { ...options, adapter: name, tensors: ['output.out'] })
      const ofMerged = await merged.inspect(source, { ...options, tensors: ['output.out'] })
      expect(trace.adapter).toBe(name)
      expect(trace.target.ids).toEqual(ofMerged.target.ids)
      trace.tensors['output.out'].values.forEach((value, i) => {
        expect(value).toBeCloseTo(ofMerged.tensors['output.out'].values[i], 3)
      })
    }
    expect(await translator.translate(source, options)).toEqual(without)
  })

  it('run beside int8 matrices', async () => {
    await using translator = await Translator.load(model, { adapters, precision: 'int8', workers: 1 })
    const { source } = cases[0]
    const found = await translator.translate([source, source], { beams: 1, minTokens: 4, adapter: 'a2' })
    const without = await translator.translate(source, { beams: 1, minTokens: 4 })
    expect(found[0]).toEqual(found[1])
    expect(found[0].score).not.toBe(without.score)
  })

  it('are added, swapped and removed while the model is loaded', async () => {
    await using translator = await Translator.load(model, { workers: 1 })
    const generated = async ({ source }: { source: number[] }, adapter: string) =>
      (await translator.generate(source, { ...greedy, adapter }))[0].sequence
    await expect(generated(cases[0], 'mine')).rejects.toMatchObject({ code: 'ERR_OPTION' })
    for (const k of [0, 1, 2]) {
      translator.addAdapter('mine', folderOf(k))
      expect(await generated(cases[3 * k], 'mine')).toEqual(cases[3 * k].greedy)
    }
    expect(translator.removeAdapter('mine')).toBe(true)
    expect(translator.removeAdapter('mine')).toBe(false)
    await expect(generated(cases[0], 'mine')).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })

  it('are found in a folder, whose changes count from the next request on', async () => {
    const folder = join(root, 'several')
    cpSync(folderOf(0), join(folder, 'legal'), { recursive: true })
    await using translator = await Translator.load(model, { adapters: folder, workers: 1 })
    const generated = async ({ source }: { source: number[] }, adapter: string) =>
      (await translator.generate(source, { ...greedy, adapter }))[0].sequence
    expect(translator.adapters).toEqual(['legal'])
    expect(await generated(cases[0], 'legal')).toEqual(cases[0].greedy)
    cpSync(folderOf(1), join(folder, 'medical'), { recursive: true })
    expect(await generated(cases[3], 'medical')).toEqual(cases[3].greedy)
    rmSync(join(folder, 'legal'), { recursive: true })
    cpSync(folderOf(2), join(folder, 'legal'), { recursive: true })
    expect(await generated(cases[6], 'legal')).toEqual(cases[6].greedy)
    rmSync(join(folder, 'legal'), { recursive: true })
    await expect(generated(cases[6], 'legal')).rejects.toMatchObject({ code: 'ERR_OPTION' })
    expect(translator.adapters).toEqual(['medical'])
  })

  it('outlast many others, which the worker forgets and reads again', async () => {
    await using translator = await Translator.load(model, { workers: 1 })
    for (let n = 0; n < 30; n++) translator.addAdapter(`a${n}`, folderOf(n % 3))
    for (let n = 0; n < 60; n++) {
      const { source, greedy: wanted } = cases[3 * (n % 3)]
      const [found] = await translator.generate(source, { ...greedy, adapter: `a${n % 30}` })
      expect(found.sequence).toEqual(wanted)
    }
  })
})

describe('adapters that cannot be', () => {
  const changed = (name: string, change: (config: Record<string, unknown>) => object) => {
    const folder = join(root, name)
    cpSync(folderOf(0), folder, { recursive: true })
    const file = join(folder, 'adapter_config.json')
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))))
    return folder
  }

  it.each([
    ['DoRA', { use_dora: true }, 'ERR_UNSUPPORTED'],
    ['another method', { peft_type: 'IA3' }, 'ERR_UNSUPPORTED'],
    ['PiSSA', { init_lora_weights: 'pissa_niter_4' }, 'ERR_UNSUPPORTED'],
    ['an alpha that is no number', { lora_alpha: 'much' }, 'ERR_MODEL_FORMAT'],
    ['a pattern that is none', { alpha_pattern: { '(': 3 } }, 'ERR_MODEL_FORMAT'],
  ])('are refused: %s', async (what, settings, code) => {
    const folder = changed(what, (config) => ({ ...config, ...settings }))
    await expect(Translator.load(model, { adapter: folder, workers: 1 })).rejects.toMatchObject({ code })
    await expect(Translator.load(model, { adapters: { mine: folder }, workers: 1 })).rejects.toMatchObject({ code })
  })

  it.each([
    ['../bart-0', 'ERR_OPTION'],
    ['', 'ERR_OPTION'],
    [7, 'ERR_OPTION'],
    ['there-is-none', 'ERR_OPTION'],
  ])('are refused by name: %s', async (name, code) => {
    await using translator = await Translator.load(model, { adapters: join(golden, 'more/adapters'), workers: 1 })
    const adapter = name as string
    await expect(translator.translate([5, 6], { adapter })).rejects.toMatchObject({ code })
    await expect(translator.generate([5, 6], { adapter })).rejects.toMatchObject({ code })
    await expect(translator.score([{ source: [5], target: [6] }], { adapter })).rejects.toMatchObject({ code })
    await expect(translator.inspect([5, 6], { adapter })).rejects.toMatchObject({ code })
    if (name === 'there-is-none') translator.addAdapter(adapter, folderOf(0))
    else expect(() => translator.addAdapter(adapter, folderOf(0))).toThrow(expect.objectContaining({ code }))
  })

  it('are refused where folders are missing, damaged or of another model', async () => {
    const missing = Translator.load(model, { adapters: join(root, 'nowhere') })
    await expect(missing).rejects.toMatchObject({ code: 'ERR_FILE' })
    await expect(Translator.load(model, { adapter: root })).rejects.toMatchObject({ code: 'ERR_FILE' })
    const folder = join(root, 'other')
    cpSync(folderOf(0), folder, { recursive: true })
    const file = join(folder, 'adapter_model.safetensors')
    const write = (tensors: Record<string, number[]>) =>
      writeSafetensors(
        file,
        Object.entries(tensors).map(([name, shape]) => {
          const values = new Float32Array(shape.reduce((a, b) => a * b)).fill(0.5)
          return { name, shape, dtype: 'F32' as const, values }
        }),
      )
    const q = 'base_model.model.model.encoder.layers.0.self_attn.q_proj'
    const cases: [Record<string, number[]>, string][] = [
      [{ [`${q}.lora_A.weight`]: [2, 32] }, 'ERR_MODEL_FORMAT'],
      [{ [`${q}.lora_A.weight`]: [2, 32], [`${q}.lora_B.weight`]: [32, 3] }, 'ERR_MODEL_FORMAT'],
      [{ [`${q}.lora_A.weight`]: [2, 31], [`${q}.lora_B.weight`]: [32, 2] }, 'ERR_MODEL_FORMAT'],
      [{ [`${q}x.lora_A.weight`]: [2, 32], [`${q}x.lora_B.weight`]: [32, 2] }, 'ERR_MODEL_FORMAT'],
      [{ 'base_model.model.model.shared.lora_embedding_A': [2, 97] }, 'ERR_UNSUPPORTED'],
    ]
    for (const [tensors, code] of cases) {
      write(tensors)
      await expect(Translator.load(model, { adapter: folder, workers: 1 })).rejects.toMatchObject({ code })
      await expect(Translator.load(model, { adapters: { mine: folder } })).rejects.toMatchObject({ code })
    }
    // A bias of the adapter's own takes the place of the model's, and cannot be held beside it.
    write({ [`${q}.base_layer.bias`]: [32] })
    await using merged = await Translator.load(model, { adapter: folder, workers: 1 })
    expect((await merged.translate([5, 6])).ids.length).toBeGreaterThan(0)
    const held = Translator.load(model, { adapters: { mine: folder } })
    await expect(held).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
  })
})
