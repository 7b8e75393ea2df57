import { present } from '../../../base/present.ts'
import type { Rows, Tensor } from '../../program/instructions/tensor.ts'
import { attention } from '../../program/ops/attention.ts'
import { embed } from '../../program/ops/embed.ts'
import { sideAttention } from '../../program/ops/side-attention.ts'
import type { Program } from '../../program/program.ts'
import type { StackConfig } from '../config/config.ts'

// Prompts of MVP (Tang et al. 2022; Li and Liang 2021 call them prefixes): each attention has learned keys and values, which every query sees
// beside those of the tokens, with one softmax. They depend on no input.

/** The name of the prompt of a decoder layer's self-attention, whose keys and values caches begin with. */
export const promptName = (layer: number): string => `decoder.${layer}.selfAttention.prompt.weight`

/** Operands of an attention to tokens: queries, keys and values, and the spans of sentences. */
interface Tokens {
  q: Tensor
  k: Tensor
  v: Tensor
  queries: Tensor
  keys: Tensor
}

type Attributes = Parameters<typeof attention>[2]

/**
 * Attention to the tokens and to the prompt of the open module, `prompt.weight` [length, 2 · heads · dHead]. → [rows, heads · dHead]. A
 * program that is traced also has the weights among the tokens alone, as if there were no prompt.
 */
export function promptedAttention(
  p: Program,
  tokens: Tokens & { seed: Tensor | null },
  { causal, traced, ...attributes }: Attributes,
  length: number,
): Tensor {
  const { heads, scale, every, dropout, site } = attributes
  const width = 2 * tokens.q.width
  const rows = bound(p, 'prompt.rows', length, 1)
  const prompt = p.within('prompt', () => {
    const table = p.parameter('weight', { rows: length, width, role: 'distances' })
    return embed(p, { table, tokens: rows }, { scale: 1, positionOffset: 0 })[0]
  })
  const [sideK, sideV] = prompt.columns(2)
  const sideKeys = bound(p, 'prompt.spans', 'B', 2)
  const distanceBias = causal ? notAhead(p, heads) : null
  const inputs = { ...tokens, sideK, sideV, sideKeys, distanceBias }
  const [z] = sideAttention(p, inputs, { heads, scale, every, dropout, site })
  if (traced) attention(p, { ...tokens, seed: null }, { heads, scale, causal, every, traced, dropout: 0, site })
  return z
}

/** What distances add to scores: 0 for tokens up to the query's own, −∞ for those after it. */
const notAhead = (p: Program, heads: number): Tensor =>
  p.bound.find(({ name }) => name === 'prompt.notAhead') ?? p.input('prompt.notAhead', 3, heads)

const bound = (p: Program, name: string, rows: Rows, width: number): Tensor =>
  p.bound.find((tensor) => tensor.name === name) ?? p.input(name, rows, width, 'int32')

/** The arrays that programs with prompts bind at every play, but for spans. */
export function promptTables({
  prompt,
  decoder,
}: {
  prompt?: number
  decoder: Pick<StackConfig, 'heads'>
}): Record<string, Float32Array | Int32Array> {
  if (prompt === undefined) return {}
  const ahead = Float32Array.from({ length: 3 * decoder.heads }, (_, i) => (i < 2 * decoder.heads ? 0 : -Infinity))
  return { 'prompt.rows': Int32Array.from({ length: prompt }, (_, i) => i), 'prompt.notAhead': ahead }
}

/** The prompt as each of `sentences` sees it: its span among the rows of the prompt, all of them. */
export const promptSpans = ({ prompt }: { prompt?: number }, sentences: number): Record<string, Int32Array> =>
  prompt === undefined
    ? {}
    : { 'prompt.spans': Int32Array.from({ length: 2 * sentences }, (_, i) => (i % 2) * present(prompt)) }
