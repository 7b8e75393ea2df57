import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parameters } from '#dist/engine/weights/parameters.js'
import { convertFolder, convertingFolder } from '#dist/files/folders/convert.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { expectError, scratchFolder } from '../../formats/raw-safetensors.ts'
import { quantizedFolder } from './quantized-folder.ts'

const scratch = scratchFolder()
const golden = (name: string) => fileURLToPath(new URL(`../../golden/hub/${name}/model`, import.meta.url))
const byNumpy: Record<string, { integers: string; scales: string; first: number[] }> = JSON.parse(
  readFileSync(new URL('../../golden/quantized-folder/quantized.json', import.meta.url), 'utf8'),
)
const sha = (values: Int8Array | Float32Array) =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')

function tensorsOf(folder: string) {
  const file = openSafetensors(join(folder, 'model.safetensors'))
  file.close()
  return file.tensors
}

describe('a folder written in int8', () => {
  const folder = join(scratch, 'int8')
  convertFolder(golden('marian-f16'), folder, 'int8')

  test('has the integers and scales that NumPy finds, for every matrix and nothing else', () => {
    const file = openSafetensors(join(folder, 'model.safetensors'))
    const matrices = [...file.tensors].filter(([, { dtype }]) => dtype === 'I8').map(([name]) => name)
    expect(matrices.sort()).toEqual(Object.keys(byNumpy))
    for (const [name, { integers, scales, first }] of Object.entries(byNumpy)) {
      const values = file.readIntegers(name) as Int8Array
      expect([...values.subarray(0, first.length)]).toEqual(first)
      const rows = new Float32Array(file.tensors.get(name)!.shape[0])
      file.readFloats(`${name}_scale`, rows)
      expect({ name, integers: sha(values), scales: sha(rows) }).toEqual({ name, integers, scales })
    }
    for (const [name, { dtype }] of file.tensors)
      if (!(name in byNumpy)) expect({ name, dtype }).toEqual({ name, dtype: name.endsWith('_scale') ? 'F32' : 'F16' })
    file.close()
  })

  test('holds the same weights when loaded as the folder that it was made from, loaded in int8', () => {
    const own = loadFolder(folder)
    const atLoad = loadFolder(golden('marian-f16'), { precision: 'int8' })
    expect(own.storedAs).toBe('int8')
    expect(own.weights.values).toEqual(atLoad.weights.values)
    expect({ config: own.config, generation: own.generation }).toEqual({
      config: atLoad.config,
      generation: atLoad.generation,
    })
  })

  test('tells transformers, which cannot read it, that it is quantized', () => {
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toMatchObject({
      quantization_config: { quant_method: 'glassformer' },
      dtype: 'float16',
    })
  })

  test('written again in int8 is the same, and in F32 what its integers stand for', () => {
    const again = join(scratch, 'again')
    convertFolder(folder, again, 'int8')
    expect(readFileSync(join(again, 'model.safetensors'))).toEqual(readFileSync(join(folder, 'model.safetensors')))
    const floats = join(scratch, 'floats')
    convertFolder(folder, floats, 'float32')
    const { config, weights, storedAs } = loadFolder(floats)
    const expected = loadFolder(folder, { precision: 'float32' }).weights
    expect(storedAs).toBe('float32')
    for (const { name } of parameters(config)) expect(weights.get(name)).toEqual(expected.get(name))
    expect(JSON.parse(readFileSync(join(floats, 'config.json'), 'utf8'))).not.toHaveProperty('quantization_config')
    expect([...tensorsOf(floats).keys()].some((name) => name.endsWith('_scale'))).toBe(false)
  })

  test('keeps integers that were not quantized here', () => {
    const foreign = quantizedFolder(golden('marian-f16'), join(scratch, 'foreign'))
    const to = join(scratch, 'foreign again')
    convertFolder(foreign, to, 'int8')
    expect(loadFolder(to).weights.values).toEqual(loadFolder(foreign).weights.values)
  })

  test('keeps two vocabularies, and the license but not the card of other weights', () => {
    const from = join(scratch, 'with card')
    convertFolder(golden('marian-two-vocabularies'), from, 'float16')
    writeFileSync(join(from, 'README.md'), 'a card')
    for (const name of ['LICENSE', 'notice.txt']) writeFileSync(join(from, name), name)
    const to = join(scratch, 'two')
    convertFolder(from, to, 'int8')
    expect(loadFolder(to).weights.values).toEqual(loadFolder(from, { precision: 'int8' }).weights.values)
    expect(existsSync(join(to, 'README.md'))).toBe(false)
    for (const name of ['LICENSE', 'notice.txt']) expect(readFileSync(join(to, name), 'utf8')).toBe(name)
  })
})

describe('a folder that holds another model', () => {
  const holding = (name: string) => {
    const to = join(scratch, name)
    convertFolder(golden('marian-f16'), to, 'float16')
    writeFileSync(join(to, 'shortlist.safetensors'), 'of that model')
    return to
  }

  test('keeps nothing of it that belongs to a model, and all else', () => {
    const to = holding('other model')
    for (const name of ['notes.txt', 'README.md']) writeFileSync(join(to, name), 'mine')
    convertFolder(golden('marian-f16'), to, 'int8')
    expect(existsSync(join(to, 'shortlist.safetensors'))).toBe(false)
    for (const name of ['notes.txt', 'README.md']) expect(readFileSync(join(to, name), 'utf8')).toBe('mine')
    expect(loadFolder(to).storedAs).toBe('int8')
  })

  test('is no model while files of both lie in it', () => {
    const to = holding('half')
    mkdirSync(join(to, 'vocab.json', 'full'), { recursive: true })
    expectError(() => convertFolder(golden('marian-f16'), to, 'int8'), 'ERR_FILE', 'vocab.json')
    expectError(() => loadFolder(to), 'ERR_FILE', 'config.json')
  })

  test('stays as it is where its configuration cannot be replaced', () => {
    const to = holding('in the way')
    const before = readFileSync(join(to, 'model.safetensors'))
    rmSync(join(to, 'config.json'))
    mkdirSync(join(to, 'config.json'))
    expectError(() => convertFolder(golden('marian-f16'), to, 'int8'), 'ERR_FILE', 'config.json')
    expect(readFileSync(join(to, 'model.safetensors'))).toEqual(before)
    expect(readdirSync(to).filter((name) => name.endsWith('.partial'))).toEqual([])
  })
})

test('a conversion that is ended at any step leaves a whole model or none, and no half of a file', () => {
  const count = [...convertingFolder(golden('marian-f16'), join(scratch, 'whole'), 'int8')].length
  for (let ended = 1; ended <= count; ended++) {
    const to = join(scratch, `ended after ${ended}`)
    const steps = convertingFolder(golden('marian-f16'), to, 'int8')
    for (let step = 0; step < ended; step++) steps.next()
    steps.return(undefined)
    expect(readdirSync(to)).toEqual([])
  }
})

test('a folder is not converted onto itself, by whatever path', () => {
  const folder = join(scratch, 'itself')
  convertFolder(golden('marian-f16'), folder, 'float16')
  const before = readFileSync(join(folder, 'model.safetensors'))
  symlinkSync(folder, join(scratch, 'link'))
  for (const to of [folder, `${folder}/`, join(scratch, 'link')])
    expectError(() => convertFolder(folder, to, 'int8'), 'ERR_OPTION', 'cannot be converted onto itself')
  expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(before)
})

test('nothing is written where the folder cannot be loaded', () => {
  const broken = quantizedFolder(golden('marian-f16'), join(scratch, 'broken'), (tensors) => {
    tensors.delete('model.shared.weight_scale')
  })
  for (const dtype of ['int8', 'float16'] as const)
    expectError(
      () => convertFolder(broken, join(scratch, 'none'), dtype),
      'ERR_MODEL_FORMAT',
      'model.shared.weight_scale',
    )
  expect(existsSync(join(scratch, 'none'))).toBe(false)
})

test('a folder that is no path is refused', () => {
  expectError(() => convertFolder(golden('marian-f16'), null!, 'float16'), 'ERR_OPTION', 'must be a path, not null')
  expectError(() => convertFolder(golden('marian-f16'), '', 'float16'), 'ERR_OPTION', "must be a path, not ''")
})

test('a dtype that is not there is refused, and nothing is written', () => {
  const to = join(scratch, 'nibbles')
  expectError(
    () => convertFolder(golden('marian-f16'), to, 'int2' as 'int8'),
    'ERR_OPTION',
    "bfloat16, int8, int4, not 'int2'",
  )
  expect(existsSync(to)).toBe(false)
})

test('a folder that others have quantized is refused', () => {
  const folder = quantizedFolder(golden('marian-f16'), join(scratch, 'others'))
  const path = join(folder, 'config.json')
  const json = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...json, quantization_config: { quant_method: 'bitsandbytes' } }))
  expectError(() => loadFolder(folder), 'ERR_UNSUPPORTED', 'quantization_config', 'glassformer quantize')
})
