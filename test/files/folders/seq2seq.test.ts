import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { SourceEncoder } from '#dist/engine/decode/step/encoder.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors-file.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { generate } from '../../engine/decode/generate.ts'
import { sharedFolder } from '../../shared-folder.ts'

interface Line {
  text: string
  ids: number[]
  decoded: string
  decoded_skip_special: string
}

interface Case {
  source: number[]
  target: number[]
  greedy: number[]
  settings: Record<string, number | boolean>[]
  beams: { sequences: number[][]; scores: number[] }[]
}

interface Golden {
  ids: { start: number; eos: number }
  tokenizer?: { lines: Line[] }
  cases: Case[]
}

const root = `${sharedFolder}/golden/seq2seq2/`

/** The families, and the ids with which every sequence begins behind the start. */
const families = ['plbart', 'mvp', 'blenderbot-small', 'umt5', 'umt5-untied']

/** States and logits that transformers computes of small random models, and its greedy and beam search. */
function goldenOf(family: string) {
  const golden: Golden = JSON.parse(readFileSync(`${root}${family}/expected.json`, 'utf8'))
  const source = openSafetensors(`${root}${family}/expected.safetensors`)
  const read = (name: string) => {
    const values = new Float32Array(source.tensors.get(name)!.shape.reduce((a, b) => a * b))
    source.readFloats(name, values)
    return values
  }
  const cases = golden.cases.map((each, i) => ({ ...each, states: read(`encoder.${i}`), logits: read(`logits.${i}`) }))
  source.close()
  return { ...golden, cases }
}

/** The settings of a search of transformers' as ours. */
const ours = ({
  num_beams,
  num_return_sequences,
  length_penalty,
  no_repeat_ngram_size,
  repetition_penalty,
  early_stopping,
}: Record<string, number | boolean>) => ({
  ...generationDefaults,
  maxTokens: 12,
  loops: 'keep' as const,
  lengthPenaltyForm: 'power' as const,
  beams: num_beams as number,
  alternatives: num_return_sequences as number,
  lengthPenalty: (length_penalty as number) ?? 1,
  noRepeatNgram: (no_repeat_ngram_size as number) ?? 0,
  repetitionPenalty: (repetition_penalty as number) ?? 1,
  earlyStopping: (early_stopping as boolean) ?? false,
})

describe.each(families)('%s', (family) => {
  if (!existsSync(`${root}${family}`)) return it.skip(`${family}: the shared goldens are absent`)
  const model = loadFolder(`${root}${family}/model`, { precision: 'float32' })
  const { weights, config } = model
  const { cases, tokenizer } = goldenOf(family)

  describe.each(backends)('$name', ({ make }) => {
    const player = make()
    afterAll(() => player.close())

    it('has the encoder states and the logits of transformers, alone and in a batch', () => {
      const states = new SourceEncoder(player, weights).states(cases.map(({ source }) => ({ source })))
      cases.forEach((each, i) => expectClose(states[i], each.states, 1e-4))
      // The golden decoder reads the whole target behind the start; the last id is predicted by nothing here.
      const pairs = cases.map(({ source, target }) => ({ source, target: [...target, 0] }))
      const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
      expectClose(
        logits,
        cases.flatMap((each) => Array.from(each.logits)),
        1e-4,
      )
    })

    it('searches as generate() does: greedily, and with four beams of four settings', () => {
      const { start, end } = config.ids
      const sources = cases.map(({ source }) => source)
      const greedy = generate(player, weights, sources, { ...ours({ num_beams: 1, num_return_sequences: 1 }) }, 200)
      const idsOf = (sequence: number[], ends: number) => {
        expect(sequence[0]).toBe(start)
        const last = sequence.indexOf(ends, 1)
        return sequence.slice(1, last < 0 ? undefined : last)
      }
      cases.forEach(({ greedy: expected }, i) => {
        expect(greedy[i][0].ids.filter((id) => id !== end)).toEqual(idsOf(expected, end))
      })
      cases.forEach(({ settings, beams, source }) => {
        settings.forEach((each, k) => {
          if (each.eos_token_id !== undefined) return
          const [found] = generate(player, weights, [source], ours(each), 200)
          expect(found.map(({ ids }) => ids.filter((id) => id !== end))).toEqual(
            beams[k].sequences.map((sequence) => idsOf(sequence, end)),
          )
          expectClose(
            found.map(({ score }) => score),
            beams[k].scores,
            1e-4,
          )
        })
      })
    })
  })

  if (tokenizer)
    it('has the ids and texts of its tokenizer in Python', () => {
      const own = createTokenizer(model.tokenizer)!
      for (const { text, ids, decoded, decoded_skip_special } of tokenizer.lines) {
        expect(own.encode(text)).toEqual(ids)
        expect(own.decode(ids, { special: true })).toBe(decoded)
        expect(own.decode(ids)).toBe(decoded_skip_special)
      }
    })
})
