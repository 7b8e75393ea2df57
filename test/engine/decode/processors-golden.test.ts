import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { logSoftmax } from '#dist/engine/decode/hypotheses/log-softmax.js'
import { type Choosers, ProcessorChain } from '#dist/engine/decode/search/processor-chain.js'
import type { GenerationOptions } from '#dist/engine/decode/settings/options.js'
import { warpersOf } from '#dist/engine/decode/warpers/warpers.js'
import { fromHuggingFace } from '#dist/files/folders/generation/generation-config.js'
import { rulesOf } from './rules.ts'

type Vector = (number | string)[]

interface Entry {
  name: string
  settings: Record<string, unknown> & { allowed?: number[]; min_tokens_to_keep?: number; max_length?: number }
  input: string
  history?: number[]
  prompt_length?: number
  eos_token_id?: number | number[]
  output: Vector
}

interface Golden {
  history: number[]
  source: number[]
  eos_token_id: number
  vectors: Record<string, Vector>
  entries: Entry[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('../../golden/hub/processors.json', import.meta.url), 'utf8'))
const vectorOf = (vector: Vector) =>
  Float32Array.from(vector, (x) => (x === '-inf' ? -Infinity : x === 'inf' ? Infinity : Number(x)))

/** Applies our processors to a vector, with the same settings. */
function processed(entry: Entry): Float32Array {
  const { settings, prompt_length: promptLength = 1, eos_token_id: eos = golden.eos_token_id } = entry
  const history = entry.history ?? golden.history
  const { allowed, min_tokens_to_keep: least = 1, ...given } = settings
  const prompt = promptLength - 1
  const ids = { end: golden.eos_token_id, start: 0, padding: null, unknown: null }
  // Without a max_length nothing is forced at the last position.
  const { generation } = fromHuggingFace({ max_length: 1000, ...given, eos_token_id: eos }, 'settings', ids, { prompt })
  const isWarper = /temperature|top_|min_p|typical|epsilon|eta/.test(entry.name)
  // Only warpers have min_tokens_to_keep, which a search derives from its beams and ends.
  const options: GenerationOptions = {
    ...generation,
    sample: generation.sample || isWarper,
    ...(isWarper && { beams: least, topK: 'top_k' in settings ? generation.topK : 0 }),
  }
  const rules = rulesOf(options, {
    ends: isWarper ? [golden.eos_token_id] : [eos].flat(),
    limit: (settings.max_length ?? 1000) - promptLength,
    prompt,
    source: golden.source,
  })
  const choosers: Choosers | null = allowed ? { sentence: 0, prefixAllowed: () => allowed } : null
  const scores = vectorOf(golden.vectors[entry.input])
  const standing = { history, generated: history.length - promptLength }
  new ProcessorChain(rules, choosers).rescore(standing, scores)
  if (!options.sample) return scores
  const warped = Float64Array.from(scores)
  for (const warp of warpersOf(options, rules.ends.length)) warp(warped)
  // A search that samples with one beam needs no last normalization: its draws do not depend on it.
  if (options.renormalize && options.beams === 1) logSoftmax(warped)
  return Float32Array.from(warped)
}

describe('logits processors', () => {
  it.each(
    golden.entries.map((entry) => ({
      ...entry,
      title: `${entry.name} ${JSON.stringify(entry.settings)} of ${entry.input}`,
    })),
  )('$title gives what transformers gives', (entry) => {
    const wanted = vectorOf(entry.output)
    const found = processed(entry)
    expect(Array.from(found, (x) => x === -Infinity)).toEqual(Array.from(wanted, (x) => x === -Infinity))
    found.forEach((x, i) => {
      if (Number.isFinite(wanted[i]))
        expect(Math.abs(x - wanted[i])).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(wanted[i])))
    })
  })
})
