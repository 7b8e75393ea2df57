import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { backends } from '../../backends.ts'
import { sharedFolder } from '../../shared-folder.ts'
import { expectClose } from './expect-close.ts'
import { generate } from './generate.ts'

interface Golden {
  traced: number[]
  sentences: {
    source: string
    ids: number[]
    greedy: { ids: number[]; text: string }
    beam4: { ids: number[]; score: number; text: string }[]
  }[]
}

/** Results of Hugging Face transformers on the French-English reference model: ../shared/golden/fr-en. */
describe.skipIf(!sharedFolder)('the French-English reference model (skipped if ../shared is absent)', () => {
  if (!sharedFolder) return
  const folder = `${sharedFolder}/golden/fr-en`
  const { sentences, traced }: Golden = JSON.parse(readFileSync(`${folder}/sentences.json`, 'utf8'))
  const model = loadFolder(`${sharedFolder}/models/fr-en-reference`)
  const tokenizer = createTokenizer(model.tokenizer)!
  const sources = sentences.map(({ ids }) => ids)
  const tensors = openSafetensors(`${folder}/tensors.safetensors`)
  afterAll(() => tensors.close())
  const golden = (name: string) => {
    const values = new Float32Array(tensors.tensors.get(name)!.shape.reduce((a, b) => a * b))
    tensors.readFloats(name, values)
    return values
  }

  it('encodes and decodes as MarianTokenizer does', () => {
    for (const { source, ids, greedy, beam4 } of sentences) {
      expect(tokenizer.encode(source)).toEqual(ids)
      for (const { ids: target, text } of [greedy, ...beam4]) expect(tokenizer.decode(target)).toBe(text)
    }
  })

  describe.each(backends)('$name', ({ name, make }) => {
    const player = make()
    afterAll(() => player.close())
    // Scalar kernels are slow, so they get every fourth sentence only.
    const every = name === 'js' || name.includes('scalar') ? 4 : 1
    const some = sentences.filter((_, i) => i % every === 0)

    it('finds the same tokens by greedy search', () => {
      const options = { ...model.generation, beams: 1, alternatives: 1 }
      const found = generate(
        player,
        model.weights,
        some.map(({ ids }) => ids),
        options,
      )
      found.forEach(([best], i) => expect(best.ids).toEqual(some[i].greedy.ids))
    })

    it('finds the same four best by beam search, with the same scores', () => {
      const options = { ...model.generation, beams: 4, alternatives: 4 }
      const found = generate(
        player,
        model.weights,
        some.map(({ ids }) => ids),
        options,
      )
      found.forEach((list, i) => {
        const { beam4 } = some[i]
        expect(new Set(list.map(({ ids }) => ids.join())).size).toBe(4)
        list.forEach(({ ids, score }, n) => {
          // One sentence has two hypotheses whose scores agree to six digits: either may come first.
          const equals = beam4.filter((other) => Math.abs(other.score - beam4[n].score) < 2e-6)
          expect(equals.map((other) => other.ids)).toContainEqual(ids)
          expect(Math.abs(score - beam4[n].score)).toBeLessThan(1e-3)
        })
      })
    })

    it('computes the encoder states, the logits and the attention over the source', () => {
      const pairs = traced.map((i) => ({ source: sources[i], target: sentences[i].greedy.ids }))
      const decoder = new ForcedDecoder(player, model.weights)
      const layers = Array.from({ length: model.config.encoder.layers }, (_, i) => i)
      const [logits, ...states] = decoder.trace(pairs, [
        'output.out',
        ...layers.map((i) => `encoder.${i}.feedForwardNorm.normed`),
      ])
      expectClose(logits, golden('logits'), 1e-4)
      states.forEach((values, i) => expectClose(values, golden(`encoder.layer${i}`), 1e-4))
      traced.slice(0, 10).forEach((sentence, i) => {
        const attention = decoder.crossAttention(pairs[i])
        attention.forEach(({ values }, layer) => expectClose(values, golden(`cross.layer${layer}.${sentence}`), 1e-4))
      })
    })
  })
})
