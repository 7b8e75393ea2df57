import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ModelInspector } from 'glassformer/inspect'
import { afterAll, describe, expect, it } from 'vitest'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { nativeReasons } from '../backends.ts'
import { expectClose } from '../engine/decode/expect-close.ts'
import { sharedFolder } from '../shared-folder.ts'

interface Golden {
  text: string
  source: number[]
  /** The decoder's input. */
  target: number[]
  /** The result of greedy search, after the start. */
  greedy: number[]
  translation: string
  source_tokens: string[]
  target_tokens: string[]
}

/** The range of what is expected, within which values have to be. */
const TOLERANCE = 1e-4

// Every value inside of a Marian model, by Hugging Face transformers. The files lie beside the repository: 4.4 MB, and a model of 30.
describe.skipIf(!sharedFolder)('every tensor of three sentences is as Hugging Face has it', () => {
  const folder = join(sharedFolder ?? '', 'golden/inspect')
  const sentences = (): Golden[] => JSON.parse(readFileSync(join(folder, 'sentences.json'), 'utf8'))

  describe.each(nativeReasons.length ? ['js'] : ['js', 'native'])('%s', (backend) => {
    let loaded: ModelInspector | undefined
    const inspector = () => {
      loaded ??= ModelInspector.load(join(sharedFolder!, 'models/fr-en-reference'), { backend: backend as 'js' })
      return loaded
    }
    afterAll(() => loaded?.close())

    it.each([0, 1, 2])('sentence %i', (n) => {
      const golden = sentences()[n]
      const trace = inspector().inspect(golden.text, { beams: 1, tensors: ['**'], lens: 8, steps: 1 })
      expect(trace.source).toMatchObject({ text: golden.text, ids: golden.source, tokens: golden.source_tokens })
      expect(trace.target.inputs).toEqual({ ids: golden.target, tokens: golden.target_tokens })
      expect(trace.target).toMatchObject({ ids: golden.greedy.slice(1), text: golden.translation, finishReason: 'end' })
      expect(trace.steps.every(({ chosen }) => chosen.rank === 0)).toBe(true)
      const file = openSafetensors(join(folder, 'tensors.safetensors'))
      try {
        const read = (name: string) => {
          const { shape } = file.tensors.get(`${n}/${name}`)!
          const values = new Float32Array(shape.reduce((a, b) => a * b))
          file.readFloats(`${n}/${name}`, values)
          return { shape, values }
        }
        const names = [...file.tensors.keys()].filter((name) => name.startsWith(`${n}/`)).map((name) => name.slice(2))
        const tensors = names.filter((name) => !name.startsWith('logitLens'))
        expect(tensors.length).toBeGreaterThan(90)
        for (const name of tensors) {
          const { shape, values } = read(name)
          expect(trace.tensors[name].shape, name).toEqual(shape)
          expectClose(trace.tensors[name].values, values, TOLERANCE)
        }
        for (const { depth, rows } of trace.lens) {
          const best = rows.flatMap(({ top }) => top)
          expect(best.map(({ id }) => id)).toEqual(Array.from(file.readIntegers(`${n}/logitLens.${depth}.ids`), Number))
          expectClose(
            best.map(({ logit }) => logit),
            read(`logitLens.${depth}`).values,
            TOLERANCE,
          )
        }
      } finally {
        file.close()
      }
    })
  })
})
