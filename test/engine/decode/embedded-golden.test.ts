import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import { backends } from '../../backends.ts'
import { generate } from './generate.ts'

interface Found {
  ids: number[]
  text: string
}

/**
 * Results of Hugging Face transformers on the embedded model, which our own trainer wrote: test/golden/fr-en/make.py.
 */
const { sentences }: { sentences: { source: string; ids: number[]; greedy: Found; beam4: Found }[] } = JSON.parse(
  readFileSync(new URL('../../golden/fr-en/sentences.json', import.meta.url), 'utf8'),
)

/**
 * In float32 the results are those of transformers. In int8 activations are rounded too, which may change tokens of
 * which the model is unsure.
 */
describe.each(['float32', 'int8'] as const)(
  'the embedded model in %s, as Hugging Face transformers plays it',
  (precision) => {
    const model = loadFolder(embeddedFolder(), { precision })
    const tokenizer = createTokenizer(model.tokenizer)!

    it('has the same tokens', () => {
      for (const { source, ids, greedy, beam4 } of sentences) {
        expect(tokenizer.encode(source)).toEqual(ids)
        for (const found of [greedy, beam4]) expect(tokenizer.decode(found.ids)).toBe(found.text)
      }
    })

    describe.each(backends)('$name', ({ make }) => {
      const player = make()
      afterAll(() => player.close())

      it.each([1, 4])('finds the same best translations with %i beams', (beams) => {
        const options = { ...model.generation, maxTokens: 127, beams, alternatives: 1 }
        const sources = sentences.map(({ ids }) => ids)
        const found = generate(player, model.weights, sources, options).map(([best]) => best.ids)
        const expected = sentences.map(({ greedy, beam4 }) => (beams === 1 ? greedy : beam4).ids)
        const others = expected.filter((ids, i) => String(ids) !== String(found[i]))
        expect(others.length, others.join(' · ')).toBeLessThanOrEqual(precision === 'int8' ? 1 : 0)
      })
    })
  },
)
