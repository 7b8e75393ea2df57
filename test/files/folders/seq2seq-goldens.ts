import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GenerationOptions, generationDefaults } from '#dist/engine/decode/settings/options.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { sharedFolder } from '../../shared-folder.ts'

interface Line {
  text: string
  ids: number[]
  decoded: string
  decoded_skip_special: string
}

/** A source, which is absent where its numbers are given, and the searches of transformers. */
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

/** The goldens that tests always have, and all of them beside the repository. */
const own = new URL('../../golden/seq2seq2/', import.meta.url).pathname

/** The folder of a family's golden. */
export const rootOf = (family: string) =>
  join(existsSync(join(own, family)) ? own : `${sharedFolder}/golden/seq2seq2`, family)

/**
 * States and logits that transformers computes of a small random model, and its greedy and beam search. `input` has the numbers of a picture or
 * of a sound, and none for a text.
 */
export function goldenOf(family: string) {
  const golden: Golden = JSON.parse(readFileSync(join(rootOf(family), 'expected.json'), 'utf8'))
  const source = openSafetensors(join(rootOf(family), 'expected.safetensors'))
  const read = (name: string) => {
    const values = new Float32Array(source.tensors.get(name)!.shape.reduce((a, b) => a * b))
    source.readFloats(name, values)
    return values
  }
  const cases = golden.cases.map((each, i) => ({
    ...each,
    input: source.tensors.has(`input.${i}`) ? read(`input.${i}`) : new Float32Array(),
    states: read(`encoder.${i}`),
    logits: read(`logits.${i}`),
  }))
  source.close()
  return { ...golden, cases }
}

/** The settings of a search of transformers' as ours. */
export const optionsOf = (given: Record<string, number | boolean>): GenerationOptions => ({
  ...generationDefaults,
  maxTokens: 12,
  loops: 'keep',
  lengthPenaltyForm: 'power',
  beams: (given.num_beams as number) ?? 1,
  alternatives: (given.num_return_sequences as number) ?? 1,
  lengthPenalty: (given.length_penalty as number) ?? 1,
  noRepeatNgram: (given.no_repeat_ngram_size as number) ?? 0,
  repetitionPenalty: (given.repetition_penalty as number) ?? 1,
  earlyStopping: (given.early_stopping as boolean) ?? false,
})
