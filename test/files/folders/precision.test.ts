import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Packed } from '#dist/engine/backend/interface/backend.js'
import { packedViews, rowStart } from '#dist/engine/backend/interface/packed.js'
import { parameters } from '#dist/engine/weights/parameters.js'
import { convertFolder } from '#dist/files/folders/convert.js'
import type { LoadedModel } from '#dist/files/folders/layout/loaded-model.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import type { TensorToWrite } from '#dist/formats/tensors/safetensors-writer.js'
import { expectError, scratchFolder } from '../../formats/raw-safetensors.ts'
import { quantizedFolder } from './quantized-folder.ts'

const scratch = scratchFolder()
const golden = fileURLToPath(new URL('../../golden/hub/marian-f16/model', import.meta.url))

let folders = 0
const quantized = (change?: (tensors: Map<string, TensorToWrite>) => void) =>
  quantizedFolder(golden, join(scratch, `quantized${folders++}`), change)

/** Integers and scales of the rows of an int8 weight. */
function unpacked({ weights }: LoadedModel, name: string) {
  const place = weights.place(name)
  const packed = packedViews(weights.values, place) as Extract<Packed, { encoding: 'int8' }>
  const values = Array.from({ length: place.rows * place.width }, (_, i) => {
    const k = i % place.width
    return packed.values[rowStart(packed, Math.floor(i / place.width)) + (k >> 2) * 64 + (k & 3)]
  })
  return { values, scales: [...packed.scales.subarray(0, place.rows)] }
}

/** The same as the file has it, several matrices one below the other. */
function stored(folder: string, ...names: string[]) {
  const file = openSafetensors(join(folder, 'model.safetensors'))
  const values = names.flatMap((name) => [...(file.readIntegers(name) as Int8Array)])
  const scales = names.flatMap((name) => {
    const some = new Float32Array(file.tensors.get(name)!.shape[0])
    file.readFloats(`${name}_scale`, some)
    return [...some]
  })
  file.close()
  return { values, scales }
}

describe('the precision that a folder is loaded with', () => {
  test('is by default that in which most of it is stored', () => {
    expect(loadFolder(golden).weights.encoding).toBe('float32')
    const bfloat16 = join(scratch, 'bfloat16')
    convertFolder(golden, bfloat16, 'bfloat16')
    expect(loadFolder(bfloat16).weights.encoding).toBe('bfloat16')
    const model = loadFolder(quantized())
    expect({ storedAs: model.storedAs, encoding: model.weights.encoding }).toEqual({
      storedAs: 'int8',
      encoding: 'int8',
    })
  })

  test('is any that is asked for, whatever is stored', () => {
    for (const folder of [golden, quantized()])
      for (const precision of ['float32', 'bfloat16', 'int8', 'int4'] as const)
        expect(loadFolder(folder, { precision }).weights.encoding).toBe(precision)
  })

  test('keeps the values of float32 in panels too, for who asks for these', () => {
    for (const folder of [golden, quantized()]) {
      const rows = loadFolder(folder, { precision: 'float32' }).weights
      const { weights } = loadFolder(folder, { precision: 'float32', panels: true })
      expect(weights).toMatchObject({ encoding: 'float32panels', numberFormat: 'float32' })
      const place = weights.place('embedding.weight')
      const packed = packedViews(weights.values, place)!
      const values = Array.from({ length: place.rows * place.width }, (_, i) => {
        const row = Math.floor(i / place.width)
        return packed.values[rowStart(packed, row) + 16 * (i % place.width)]
      })
      expect(values).toEqual([...rows.get('embedding.weight')])
      expect([...weights.get('encoder.0.selfAttentionNorm.weight')]).toEqual([
        ...rows.get('encoder.0.selfAttentionNorm.weight'),
      ])
    }
    expect(loadFolder(quantized(), { panels: true }).weights.encoding).toBe('int8')
  })

  test('rounds what is read in chunks as what is read at once', () => {
    const model = loadFolder(golden, { precision: 'int8' })
    const floats = loadFolder(golden, { precision: 'float32' })
    const embedding = floats.weights.get('embedding.weight')
    const { values, scales } = unpacked(model, 'embedding.weight')
    const worst = embedding.reduce(
      (most, value, i) => Math.max(most, Math.abs(value / scales[Math.floor(i / 32)] - values[i])),
      0,
    )
    expect(worst).toBeLessThanOrEqual(0.5001)
  })
})

describe('an int8 folder', () => {
  test('is read as it is: the same integers and scales, fused weights one below the other', () => {
    const folder = quantized()
    const model = loadFolder(folder)
    expect(unpacked(model, 'embedding.weight')).toEqual(stored(folder, 'model.shared.weight'))
    const attention = 'model.decoder.layers.1.self_attn'
    expect(unpacked(model, 'decoder.1.selfAttention.queryKeyValue.weight')).toEqual(
      stored(folder, ...['q', 'k', 'v'].map((part) => `${attention}.${part}_proj.weight`)),
    )
  })

  test('is the product of integers and scales where float32 is asked for', () => {
    const folder = quantized()
    const model = loadFolder(folder, { precision: 'float32' })
    const name = 'model.encoder.layers.0.fc1.weight'
    const { values, scales } = stored(folder, name)
    expect([...model.weights.get('encoder.0.feedForward.inner.weight')]).toEqual(
      values.map((value, i) => value * scales[Math.floor(i / 32)]),
    )
  })

  test('holds norms and biases in float32', () => {
    const { weights, config } = loadFolder(quantized())
    for (const { name, encodable } of parameters(config))
      if (!encodable) expect(weights.get(name).length).toBeGreaterThan(0)
    expectError(() => weights.get('embedding.weight'), 'ERR_SHAPE', 'stored as int8')
  })
})

describe('a damaged int8 folder is refused, and the tensor named:', () => {
  const name = 'model.encoder.layers.0.fc1.weight'
  const scale = `${name}_scale`
  const damaged = (change: (tensors: Map<string, TensorToWrite>) => void, ...parts: string[]) =>
    expectError(() => loadFolder(quantized(change)), 'ERR_MODEL_FORMAT', 'model.safetensors', ...parts)
  const floats = (tensors: Map<string, TensorToWrite>, of: string) => tensors.get(of)!.values as Float32Array

  test('scales that are missing', () => damaged((tensors) => tensors.delete(scale), `missing: ${scale}`))
  test('scales of another number', () =>
    damaged((tensors) => {
      tensors.set(scale, { name: scale, shape: [63], dtype: 'F32', values: new Float32Array(63) })
    }, `${scale} is F32 [63], not F32 [64]`))
  test('scales of another dtype', () =>
    damaged((tensors) => {
      tensors.set(scale, { name: scale, shape: [64], dtype: 'I32', values: new Int32Array(64) })
    }, `${scale} is I32 [64], not F32 [64]`))
  test('a scale that is no number', () => {
    const folder = quantized()
    const path = join(folder, 'model.safetensors')
    const file = openSafetensors(path)
    const bytes = readFileSync(path)
    bytes.writeFloatLE(Number.POSITIVE_INFINITY, file.tensors.get(scale)!.offset + 4 * 5)
    file.close()
    writeFileSync(path, bytes)
    expectError(() => loadFolder(folder), 'ERR_MODEL_FORMAT', `'${scale}' is Infinity at index 5`)
  })
  test('a negative scale', () =>
    damaged((tensors) => {
      floats(tensors, scale)[3] = -0.5
    }, `'${scale}' is -0.5 at index 3`))
  test('a scale whose weights would not be finite', () =>
    damaged(
      (tensors) => {
        floats(tensors, scale)[2] = 3e38
      },
      `'${scale}' is ${Math.fround(3e38)} at index 2`,
    ))
  test('an integer that is -128', () =>
    damaged((tensors) => {
      ;(tensors.get(name)!.values as Int8Array)[7] = -128
    }, `'${name}' is -128 at index 7`))
  test('integers of another shape', () =>
    damaged((tensors) => {
      tensors.set(name, { name, shape: [32, 64], dtype: 'I8', values: new Int8Array(2048) })
    }, `${name} is [32, 64], not [64, 32]`))
  test('scales of a matrix that is not quantized', () =>
    damaged((tensors) => {
      tensors.set(name, { name, shape: [64, 32], dtype: 'F32', values: new Float32Array(2048) })
    }, `not of this model: ${scale}`))
  test('integers where a bias should be', () =>
    expectError(
      () =>
        loadFolder(
          quantized((tensors) => {
            const bias = 'model.encoder.layers.0.fc1.bias'
            tensors.set(bias, { name: bias, shape: [64], dtype: 'I8', values: new Int8Array(64) })
          }),
        ),
      'ERR_UNSUPPORTED',
      'fc1.bias',
      'I8',
    ))
})
