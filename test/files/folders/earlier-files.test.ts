import { createHash } from 'node:crypto'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { readSettings } from '#dist/learn/train/settings/stored-settings.js'
import { train } from '#dist/learn/train/train.js'
import { Translator } from '#dist/use/translate/translator.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const golden = join(import.meta.dirname, '../../golden/earlier-files')
const readGolden = (name: string) => JSON.parse(readFileSync(join(golden, name), 'utf8'))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const expected = readGolden('expected.json')

interface Places {
  config: ModelConfig
  first: Record<'glorot' | 'normal', string>
  /** Name, rows and width. */
  parameters: [string, number, number][]
  /** Name, rows, width, offset and encoding. */
  encodings: Record<'float32' | 'int8', { size: number; places: unknown[][] }>
}

describe.each(Object.entries<Places>(readGolden('places.json')))(
  'the weights of a model, %s, as before',
  (_, model) => {
    const { config, first, parameters, encodings } = model

    it('have the same names and shapes, in the same order', () => {
      expect(new Weights(config).parameters.map(({ name, rows, width }) => [name, rows, width])).toEqual(parameters)
    })

    it.each(['float32', 'int8'] as const)('lie in the same places in %s', (encoding) => {
      const { placements, values } = new Weights(config, encoding)
      const places = [...placements.values()].map((p) => [p.name, p.rows, p.width, p.offset, p.encoding])
      const byName = (all: unknown[][]) => all.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
      const { places: before, size } = encodings[encoding]
      // Since then a matrix in int8 has 64 bytes more, for multipliers: what lies after it has moved on by 16 floats.
      const isMatrix = ([, , , , kept]: unknown[]) => kept === 'int8'
      const moved = (offset: number) =>
        offset + 16 * before.filter((each) => isMatrix(each) && (each[3] as number) < offset).length
      expect(byName(places)).toEqual(byName(before.map((each) => each.with(3, moved(each[3] as number)))))
      expect(values.length).toBe(moved(size))
    })

    it.each(['glorot', 'normal'] as const)('begin with the same bits from one seed (%s)', (matrices) => {
      const weights = new Weights(config)
      initialize(weights, 3, matrices)
      expect(sha256(new Uint8Array(weights.values.buffer))).toBe(first[matrices])
    })
  },
)

it('a model folder from before translates with the same bits', async () => {
  await using translator = await Translator.load(join(golden, 'model'), { backend: 'js' })
  const { alternatives } = await translator.translate(expected.source, { beams: 4, alternatives: 2 })
  expect(alternatives!.map(({ text, score }) => ({ text, score }))).toEqual(expected.alternatives)
})

it('a training from before goes on from its settings and its checkpoint, and ends with the same bits', async () => {
  const folder = join(scratchFolder(), 'run')
  cpSync(join(golden, 'run'), folder, { recursive: true })
  const settings = readSettings(folder)!
  settings.data.train = { ...settings.data.train, path: join(golden, 'pairs.tsv') } as typeof settings.data.train
  const steps: number[] = []
  const js = { backend: 'js', threads: 1, precision: 'float32' } as const
  const { model } = await train(settings, folder, js, { step: ({ step }) => void steps.push(step) })
  expect(steps).toEqual([5, 6, 7, 8])
  expect(sha256(readFileSync(join(model!, 'model.safetensors')))).toBe(expected.weights)
})
