import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { Adapter } from '#dist/engine/weights/adapter.js'
import { wantsPanels } from '#dist/engine/weights/precision.js'
import type { Weights } from '#dist/engine/weights/weights.js'
import { adapterFolder, readAdapter } from '#dist/files/folders/adapters/index.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { resolveGenerate } from '#dist/use/translate/options/generate-settings.js'
import { backends } from '../../backends.ts'
import { sharedFolder } from '../../shared-folder.ts'
import { expectClose } from './expect-close.ts'

/** Adapters of ranks 2, 4 and 8, the third with rsLoRA, with what PEFT makes of small random models and each of them. */
const copied = fileURLToPath(new URL('../../golden', import.meta.url))
const golden = sharedFolder ? `${sharedFolder}/golden` : copied

interface Expected {
  cases: { source: number[]; target: number[]; greedy: number[] }[]
}

describe.each(['marian', 'm2m100', 'bart', 't5'])('adapters of %s', (family) => {
  const folders = [0, 1, 2].map((k) => `${golden}/more/adapters/${family}-${k}`)
  if (!existsSync(folders[0])) return it.skip(`${family}: the shared goldens are absent`)
  const base = `${golden}/hub/${family}/model`
  const model = loadFolder(base, { precision: 'float32' })
  const all = folders.map((folder, k) => ({
    expected: JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')) as Expected,
    adapter: readAdapter(adapterFolder(folder), `${family}-${k}`, model.config),
    merged: loadFolder(base, { precision: 'float32', adapter: folder }).weights,
    folder,
  }))
  const optionsOf = (source: number[]) =>
    resolveGenerate({ num_beams: 1, do_sample: false, max_new_tokens: 10 }, [source], { ...model, hasTokenizer: false })
      .sources[0]

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())

    const generated = (weights: Weights, given: { source: number[]; adapter?: Adapter }[]): Found[][] => {
      const generator = new Generator(player, weights, { batchTokens: 4096 })
      const results: Found[][] = []
      given.forEach((own, i) => {
        const { options, begin } = optionsOf(own.source)
        const done = (found: Found[]) => {
          results[i] = found
        }
        generator.add({ ...own, options, begin, done })
      })
      while (generator.busy) generator.step()
      return results
    }

    it('have the logits and the ids of PEFT, merged and held apart', () => {
      for (const { expected, adapter, merged, folder } of all) {
        const tensors = openSafetensors(`${folder}/expected.safetensors`)
        expected.cases.forEach(({ source, target, greedy }, i) => {
          const wanted = new Float32Array(tensors.tensors.get(`logits.${i}`)!.shape.reduce((a, b) => a * b))
          tensors.readFloats(`logits.${i}`, wanted)
          const pair = { source, target: [...target, 0] }
          const [ofMerged] = new ForcedDecoder(player, merged).trace([pair], ['output.out'])
          const [ofHeld] = new ForcedDecoder(player, model.weights).trace([{ ...pair, adapter }], ['output.out'])
          expectClose(ofMerged, wanted, 1e-4)
          expectClose(ofHeld, wanted, 1e-4)
          const { begin } = optionsOf(source)
          const ids = ([[{ ids }]]: Found[][]) => [...begin, ...ids]
          expect(ids(generated(merged, [{ source }]))).toEqual(greedy)
          expect(ids(generated(model.weights, [{ source, adapter }]))).toEqual(greedy)
        })
        tensors.close()
      }
    })

    it('share a batch, and give to the bit what each gives alone and what the model gives without one', () => {
      // Matrices as a translator has them: a product's rows then do not depend on each other in batches of any size.
      const { weights } = loadFolder(base, { precision: 'float32', panels: wantsPanels(player.info) })
      const given = all.flatMap(({ expected, adapter }) =>
        expected.cases.flatMap(({ source }) => [{ source, adapter }, { source }]),
      )
      const alone = given.map((own) => generated(weights, [own])[0])
      expect(generated(weights, given)).toEqual(alone)
      const pairs = given.map((own, i) => ({ ...own, target: all[0].expected.cases[i % 3].target }))
      const scores = new ForcedDecoder(player, weights).score(pairs)
      pairs.forEach((pair, i) => {
        expect(new ForcedDecoder(player, weights).score([pair])[0]).toEqual(scores[i])
      })
    })
  })
})
