import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { SourceEncoder } from '#dist/engine/decode/step/encoder.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { generate } from '../../engine/decode/generate.ts'
import { sharedFolder } from '../../shared-folder.ts'

interface Case {
  source: number[]
  target: number[]
  greedy: number[]
  beam4: number[][]
  scores: number[]
}

const root = `${sharedFolder}/golden/more/`

/** States and logits that transformers computes of small random models, and its greedy and beam search. */
function goldenOf(family: string) {
  const { cases }: { cases: Case[] } = JSON.parse(readFileSync(`${root}${family}/expected.json`, 'utf8'))
  const source = openSafetensors(`${root}${family}/expected.safetensors`)
  const read = (name: string) => {
    const values = new Float32Array(source.tensors.get(name)!.shape.reduce((a, b) => a * b))
    source.readFloats(name, values)
    return values
  }
  const made = cases.map((each, i) => ({ ...each, states: read(`encoder.${i}`), logits: read(`logits.${i}`) }))
  source.close()
  return made
}

describe.each(['longt5-local', 'longt5-tglobal', 'led', 'switch'])('%s', (family) => {
  if (!existsSync(`${root}${family}`)) return it.skip(`${family}: the shared goldens are absent`)
  const { weights, config } = loadFolder(`${root}${family}/model`, { precision: 'float32' })
  const golden = goldenOf(family)

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())

    it('has the encoder states and the logits of transformers, alone and in a batch', () => {
      const encoder = new SourceEncoder(player, weights)
      const states = encoder.states(golden.map(({ source }) => ({ source })))
      golden.forEach((each, i) => expectClose(states[i], each.states, 1e-4))
      const decoder = new ForcedDecoder(player, weights)
      // The golden decoder reads the whole target after the start; the last id is predicted by nothing here.
      const pairs = golden.map(({ source, target }) => ({ source, target: [...target, 0] }))
      const [logits] = decoder.trace(pairs, ['output.out'])
      expectClose(
        logits,
        golden.flatMap((each) => Array.from(each.logits)),
        1e-4,
      )
    })

    it('searches as generate() does: greedy and four beams', () => {
      const sources = golden.map(({ source }) => source)
      const options = {
        ...generationDefaults,
        maxTokens: 12,
        loops: 'keep' as const,
        lengthPenaltyForm: 'power' as const,
      }
      const greedy = generate(player, weights, sources, { ...options, beams: 1 }, 20)
      const best = generate(player, weights, sources, { ...options, beams: 4, alternatives: 4 }, 20)
      const withoutEnd = (ids: readonly number[]) => ids.filter((id) => id !== config.ids.end)
      golden.forEach((each, i) => {
        expect(withoutEnd(greedy[i][0].ids)).toEqual(withoutEnd(each.greedy.slice(1)))
        const padding = config.ids.padding
        const expected = each.beam4.map((ids) => withoutEnd(ids.slice(1)).filter((id) => id !== padding))
        expect(best[i].map(({ ids }) => withoutEnd(ids))).toEqual(expected)
      })
    })
  })
})
