import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { wasmBackends } from '../backends.ts'
import { generate } from '../engine/decode/generate.ts'

interface Found {
  ids: number[]
  text: string
}

/**
 * Hugging Face transformers' results for the embedded model, which our own trainer wrote: test/golden/fr-en/make.py.
 */
const { sentences }: { sentences: { ids: number[]; greedy: Found; beam4: Found }[] } = JSON.parse(
  readFileSync(new URL('../golden/fr-en/sentences.json', import.meta.url), 'utf8'),
)
const few = sentences.slice(0, 12)

it.skipIf(wasmBackends.length > 0)(
  'are skipped: WebAssembly is not built (npm run prebuilds -- --only wasm)',
  (context) => context.skip(),
)

describe.each(wasmBackends)('the embedded model on $name, its weights in WebAssembly', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(['float32', 'int8'] as const)(
    'finds in %s the same best translations as Hugging Face transformers',
    (precision) => {
      const { weights, generation } = loadFolder(embeddedFolder(), { precision, panels: true, packing: player.packing })
      for (const beams of [1, 4]) {
        const options = { ...generation, maxTokens: 127, beams, alternatives: 1 }
        const found = generate(
          player,
          weights,
          few.map(({ ids }) => ids),
          options,
        ).map(([best]) => best.ids)
        const expected = few.map(({ greedy, beam4 }) => (beams === 1 ? greedy : beam4).ids)
        const others = expected.filter((ids, i) => String(ids) !== String(found[i]))
        // In int8 activations are rounded too, which may change what the model hardly knows.
        expect(others.length, others.join(' · ')).toBeLessThanOrEqual(precision === 'int8' ? 1 : 0)
      }
    },
  )
})
