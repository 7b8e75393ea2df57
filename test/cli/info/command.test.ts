import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Positions, Weights, writeGlassformerFolder } from '#dist/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { modelConfig } from '../../learn/train/small-model.ts'
import { glassformer } from '../command.ts'

const scratch = scratchFolder()

describe('glassformer info', () => {
  test('shows the model', async () => {
    const { code, stdout } = await glassformer(['info'])
    expect(code).toBe(0)
    for (const part of [
      'models/fr-en',
      '9,929,440',
      '12,000',
      'int8',
      '10.1 MB',
      '6 layers',
      '2 layers',
      '512 tokens',
      'beams 4',
    ])
      expect(stdout).toContain(part)
  })

  test.each([
    [{ kind: 'halves' }, 'sinusoids, halves'],
    [{ kind: 'learned', rows: 514, offset: 2 }, 'learned, 514 rows'],
    [{ kind: 'relative', clip: 16 }, 'relative, up to 16 tokens apart'],
    [{ kind: 'rotary', base: 500 }, 'rotary, base 500'],
    [{ kind: 'none' }, 'none'],
  ] as [Positions, string][])('names the positions of a model: %j', async (positions, said) => {
    const folder = join(scratch, positions.kind)
    writeGlassformerFolder(folder, { weights: new Weights({ ...modelConfig, positions }), dtype: 'float32' })
    const { stdout } = await glassformer(['info', '--model', folder])
    expect(stdout).toContain(`  positions   ${said}\n`)
  })

  test('for a model that takes ids, it prints nothing about texts; the size of a small one is in kB', async () => {
    const folder = join(scratch, 'ids')
    writeGlassformerFolder(folder, { weights: new Weights(modelConfig), dtype: 'float32' })
    const { stdout } = await glassformer(['info', '--model', folder])
    expect(stdout).toMatch(/ tokenizer +none: it takes ids, not texts\n/)
    expect(stdout).toMatch(/ limits +\d+ tokens a sentence\n/)
    expect(stdout).toMatch(/ stored as +float32, \d+\.\d kB\n/)
  })

  test.each([
    ['whisper-tiny', 'log-mel spectrograms of 80 bins, in windows of 2 s; many languages'],
    ['seq2seq2/moonshine-half-rotary/model', 'samples at 16 kHz, in windows of up to 30 s; one language'],
    ['seq2seq2/speech-to-text/model', 'filter banks of 20 bins'],
  ])('says what a model hears: %s', async (name, said) => {
    const { stdout } = await glassformer(['info', '--model', join(import.meta.dirname, '../../golden', name)])
    expect(stdout).toContain(`  sound       ${said}\n`)
    expect(stdout).toMatch(/ limits +\d+ tokens a window\n/)
  })

  test('--json has the model and the backend', async () => {
    const { stdout } = await glassformer(['info', '--json', '--threads', '1'])
    const { model, backend } = JSON.parse(stdout)
    expect(model).toMatchObject({
      name: 'fr-en',
      parameters: 9929440,
      storedAs: 'int8',
      bytes: 10101056,
      splitTokens: 100,
      trainedOn: 'sentences',
    })
    expect(model.config).toMatchObject({ dModel: 256, encoder: { layers: 6 }, decoder: { layers: 2 } })
    expect(backend).toMatchObject({ threads: 1, threadsDivided: false, precision: 'int8' })
    expect(backend.isas).toContain(backend.isa)
  })

  test('--threads is the requested number, or divided among workers', async () => {
    expect((await glassformer(['info', '--backend', 'js'])).stdout).toMatch(/threads +1 each for up to \d+ worker/)
    const { stdout } = await glassformer(['info', '--json', '--threads', 'auto'])
    expect(stdout).toBe((await glassformer(['info', '--json'])).stdout)
    expect(JSON.parse(stdout).backend).toMatchObject({ threadsDivided: true, workers: availableParallelism() })
    expect(await glassformer(['info', '--threads', 'all'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("It must be 'auto' or an integer of at least 1."),
    })
  })

  test('--precision is the precision in memory', async () => {
    const { stdout } = await glassformer(['info', '--json', '--precision', 'float32'])
    expect(JSON.parse(stdout).backend.precision).toBe('float32')
    expect((await glassformer(['info', '--precision', 'bfloat16'])).stdout).toMatch(/precision +bfloat16\n/)
    expect(await glassformer(['info', '--precision', 'int2'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Allowed choices are auto, float32, bfloat16, int8, int4'),
    })
  })

  test('names the setting that selects JavaScript', async () => {
    expect((await glassformer(['info', '--backend', 'js'])).stdout).toContain('asked for by --backend js')
    const byEnvironment = await glassformer(['info'], '', { GLASSFORMER_BACKEND: 'js' })
    expect(byEnvironment.stdout).toContain('asked for by GLASSFORMER_BACKEND=js')
  })

  test('prints the reason why native is not in use, and the remedy', async () => {
    const { code, stdout, stderr } = await glassformer(['info'], '', {
      GLASSFORMER_ADDON: '/nowhere.node',
      GLASSFORMER_BACKEND: '',
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/why not native\n {2}\/nowhere\.node/)
    expect(stdout).toContain('npx glassformer build')
  })

  test('--backend native fails with the reason where there is no addon', async () => {
    const { code, stderr } = await glassformer(['info', '--backend', 'native'], '', {
      GLASSFORMER_ADDON: '/nowhere.node',
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^glassformer: ERR_BACKEND: .*\/nowhere\.node/)
  })
})
