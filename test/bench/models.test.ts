import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadFolder } from '#dist/folders/load.js'
import { modelMakers, writeModel } from '../../bench/harness/models.ts'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-bench-models-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a model of the bench is written as a folder that loads as the same model', () => {
  const model = modelMakers['fr-en']()
  writeModel(folder, model)
  const { weights, generation } = loadFolder(folder)
  expect(weights.config).toEqual(model.weights.config)
  expect(Buffer.compare(bytesOf(weights), bytesOf(model.weights))).toBe(0)
  expect(generation).toEqual(model.generation)
})

const bytesOf = ({ values }: { values: Float32Array }) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength)
