import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parameters } from '#dist/engine/weights/parameters.js'
import { writtenFamilyOf } from '#dist/files/folders/families/families.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { modelMakers, writeModel } from '../../bench/harness/models.ts'
import { bartLarge, flanT5, nllb, opusMt } from '../../bench/harness/shapes.ts'

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

test.each([
  ['opus-mt', opusMt, 'marian', 74e6],
  ['nllb-600m', nllb, 'm2m_100', 615e6],
  ['flan-t5-base', flanT5, 't5', 248e6],
  ['bart-large', bartLarge, 'bart', 406e6],
] as const)('%s has the shape of its family', (_, config, family, weights) => {
  expect(writtenFamilyOf(config)?.modelTypes).toContain(family)
  const count = parameters(config).reduce((sum, { rows, width }) => sum + rows * width, 0)
  expect(count / weights).toBeCloseTo(1, 2)
})

const bytesOf = ({ values }: { values: Float32Array }) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength)
