import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { Assistant } from '#dist/engine/decode/drafts/assistant.js'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import { type GenerationOptions, generationDefaults } from '#dist/engine/decode/settings/options.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import { backends } from '../../backends.ts'
import { Random } from '../program/random-operands.ts'

const best = backends.filter(({ name }) => !name.includes('BLAS')).at(-1)!
const gpt2 = fileURLToPath(new URL('../../golden/more/gpt2-text/model', import.meta.url))

interface Tally {
  found: Found[][]
  steps: number
  drafted: number
  accepted: number
}

function played(
  weights: Weights,
  sources: readonly (readonly number[])[],
  options: Partial<GenerationOptions>,
  assistant: Weights | null,
  make = best.make,
): Tally {
  const player = make()
  const other = make()
  const tally: Tally = { found: [], steps: 0, drafted: 0, accepted: 0 }
  const counts = {
    add: (name: string, amount: number) => {
      if (name === 'drafted' || name === 'accepted') tally[name] += amount
    },
    set() {},
    took() {},
  }
  const helper = assistant && new Assistant(other, assistant)
  const generator = new Generator(player, weights, { batchTokens: 4096, counts, assistant: helper })
  sources.forEach((source, i) =>
    generator.add({
      source,
      options: { ...generationDefaults, maxTokens: 24, loops: 'keep', ...options },
      done: (found) => {
        tally.found[i] = found
      },
    }),
  )
  for (; generator.busy; tally.steps++) generator.step()
  player.close()
  other.close()
  return tally
}

const embedded = (precision: 'float32' | 'int8') =>
  loadFolder(embeddedFolder(), { precision, panels: precision === 'int8' }).weights
const [float32, int8] = [embedded('float32'), embedded('int8')]
const random = new Random(7)
const sources = Array.from({ length: 12 }, () => [
  ...Array.from({ length: random.integer(2, 14) }, () => random.integer(10, 4000)),
  0,
])

/** The same model with weights that are a little different. */
function shaken(weights: Weights, share: number): Weights {
  const other = new Weights(weights.config)
  for (let i = 0; i < other.values.length; i++)
    other.values[i] = weights.values[i] * (1 + share * (random.next() - 0.5))
  return other
}

describe('an assistant', () => {
  const plain = played(float32, sources, {}, null)

  it('drafts another precision of the same model: the same bits in far fewer steps', () => {
    const text = 'Le rapport, que les membres ont lu hier, décrit comment la ville veut réduire le bruit des voitures.'
    const source = [createTokenizer(loadFolder(embeddedFolder()).tokenizer)!.encode(text)]
    const [alone, drafted] = [null, int8].map((helper) => played(float32, source, {}, helper))
    expect(drafted.found).toEqual(alone.found)
    expect(drafted.accepted).toBeGreaterThan(drafted.drafted / 2)
    expect(drafted.steps).toBeLessThan(alone.steps / 2)
  })

  it('changes nothing where many sentences are under way, of which each has its own path in the cache', () => {
    for (const helper of [int8, shaken(float32, 0.4)])
      expect(played(float32, sources, {}, helper).found).toEqual(plain.found)
  })

  it('changes nothing where it is wrong, or refuses to guess', () => {
    const wrong = shaken(float32, 6)
    const drafted = played(float32, sources.slice(0, 4), { draftConfidence: 1e-9 }, wrong)
    expect(drafted.found).toEqual(plain.found.slice(0, 4))
    expect(drafted.accepted).toBeLessThan(drafted.drafted / 2)
    expect(played(float32, sources.slice(0, 4), { draftConfidence: 1 }, int8).found).toEqual(plain.found.slice(0, 4))
  })

  it('leaves samples as they are, and beams without drafts', () => {
    const sample = { sample: true, seed: 4, topK: 20 }
    const some = sources.slice(0, 3)
    const drafted = played(float32, some, sample, int8)
    expect(drafted.found).toEqual(played(float32, some, sample, null).found)
    expect(drafted.drafted).toBeGreaterThan(0)
    const beams = played(float32, some, { beams: 3 }, int8)
    expect(beams.found).toEqual(played(float32, some, { beams: 3 }, null).found)
    expect(beams.drafted).toBe(0)
  })

  it('drafts for a decoder alone', () => {
    const { weights } = loadFolder(gpt2, { precision: 'float32' })
    const prompts = [[41, 269, 268], [317, 199, 199, 77], [5]]
    const drafted = played(weights, prompts, {}, shaken(weights, 0.2), () => new JsPlayer())
    expect(drafted.found).toEqual(played(weights, prompts, {}, null, () => new JsPlayer()).found)
    expect(drafted.accepted).toBeGreaterThan(0)
  })

  it('is refused where its vocabulary differs', () => {
    const { weights } = loadFolder(gpt2, { precision: 'float32' })
    const player = new JsPlayer()
    expect(() => new Assistant(player, weights).checkFor(float32)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION' }),
    )
    player.close()
  })
})
