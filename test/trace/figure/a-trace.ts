import { attentionSteps } from '#dist/draw/attention-steps.js'
import type { Trace, TracedChoice, TracedModel, TracedTensor } from '#dist/trace/data/trace.js'

export const model: TracedModel = {
  name: 'tiny',
  dModel: 8,
  encoder: { layers: 2, heads: 2, dHead: 4, dFeedForward: 16, scale: 0.5 },
  decoder: { layers: 1, heads: 2, dHead: 4, dFeedForward: 16, scale: 0.5 },
  activation: 'relu',
  norm: { kind: 'layerNorm', order: 'post' },
  positions: 'halves',
  embeddingScale: 1,
  sourceVocabulary: 50,
  targetVocabulary: 40,
  precision: 'float32',
  backend: 'js',
  parameters: 1000,
  maxLength: 64,
}

/** Numbers that look random, and are the same each time. */
const noise = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, i) => ((Math.sin(12.9898 * (i + 1) + 78.233 * seed) * 43758.5453) % 1) * 2)

const matrix = (rows: number, seed: number): TracedTensor => ({ shape: [rows, 8], values: noise(rows * 8, seed) })

/** Queries, keys, values and, of both heads, the weights and scores that they make. */
function attention(name: string, queries: number, keys: number, seed: number, causal = false) {
  const [query, key, value] = [matrix(queries, seed), matrix(keys, seed + 1), matrix(keys, seed + 2)]
  const shape = [2, queries, keys]
  const [weights, maskedScores] = [new Float32Array(2 * queries * keys), new Float32Array(2 * queries * keys)]
  const head = ({ values }: TracedTensor, row: number, h: number) =>
    values.subarray(8 * row + 4 * h, 8 * row + 4 * h + 4)
  const all = (tensor: TracedTensor, h: number) =>
    Array.from({ length: tensor.shape[0] }, (_, row) => head(tensor, row, h))
  for (let h = 0; h < 2; h++)
    for (let row = 0; row < queries; row++) {
      const steps = attentionSteps(head(query, row, h), all(key, h), all(value, h), {
        visible: [0, causal ? row + 1 : keys] as const,
      })
      weights.set(steps.weights, (h * queries + row) * keys)
      maskedScores.set(steps.scaled, (h * queries + row) * keys)
    }
  const tensors = {
    query,
    key,
    value,
    weights: { shape, values: weights },
    maskedScores: { shape, values: maskedScores },
  }
  return Object.fromEntries(Object.entries(tensors).map(([what, tensor]) => [`${name}.${what}`, tensor]))
}

const choice = (id: number, token: string, probability: number): TracedChoice => ({
  id,
  token,
  logit: Math.log(probability),
  logProbability: Math.log(probability),
})

/** A whole trace: '▁Je ▁suis ▁étud iant </s>' to '▁I ▁am . </s>'. */
export function aTrace(): Trace {
  const [S, T] = [5, 4]
  const tokens = ['▁I', '▁am', '.', '</s>']
  const distribution = (i: number) => ({
    top: [choice(i + 5, tokens[i], 0.7), choice(30, '▁we', 0.2), choice(31, '<b>', 0.05)],
    entropy: 0.9,
  })
  return {
    format: 'glassformer-trace',
    version: 1,
    model,
    source: {
      text: 'Je suis étudiant',
      ids: [1, 2, 3, 4, 0],
      tokens: ['▁Je', '▁suis', '▁étud', 'iant', '</s>'],
      words: [0, 1, 2, 2, -1],
    },
    target: {
      text: 'I am.',
      ids: [5, 6, 7, 8],
      tokens,
      words: [0, 1, 1, -1],
      inputs: { ids: [39, 5, 6, 7], tokens: ['<pad>', ...tokens.slice(0, -1)] },
      finishReason: 'end',
    },
    tensors: {
      ...attention('encoder.0.selfAttention', S, S, 1),
      ...attention('encoder.1.selfAttention', S, S, 4),
      ...attention('decoder.0.selfAttention', T, T, 7, true),
      ...attention('decoder.0.crossAttention', T, S, 10),
      'encoder.embedding': matrix(S, 20),
      'encoder.positions': matrix(S, 21),
      'encoder.embedded': matrix(S, 22),
      'encoder.0.selfAttention.output': matrix(S, 23),
      'encoder.0.selfAttentionNorm.normed': matrix(S, 24),
      'decoder.0.feedForward.output': matrix(T, 25),
    },
    steps: tokens.map((token, i) => ({
      ...distribution(i),
      chosen: { ...choice(i + 5, token, 0.7), rank: 0 },
      forced: false,
    })),
    lens: [0, 1].map((depth) => ({ depth, rows: tokens.map((_, i) => distribution(i)) })),
    beams: {
      beams: 2,
      nodes: [
        { parent: -1, depth: 0, id: -1, token: '<start>', logProbability: 0, sum: 0, score: 0, state: 'kept' },
        { parent: 0, depth: 1, id: 5, token: '▁I', logProbability: -0.1, sum: -0.1, score: -0.1, state: 'kept' },
        { parent: 0, depth: 1, id: 30, token: '▁we', logProbability: -2, sum: -2, score: -2, state: 'pruned' },
        { parent: 1, depth: 2, id: 8, token: '</s>', logProbability: -0.2, sum: -0.3, score: -0.15, state: 'finished' },
      ],
      results: [3],
      stopped: 'no hypothesis can be better',
    },
    attributions: tokens.map((token, step) => ({
      step,
      token: { id: step + 5, token, logit: 3 },
      rival: null,
      score: 3,
      direct: [
        { part: 'decoder.0.crossAttention', kind: 'head', head: 0, share: 2 - step },
        { part: 'decoder.0.feedForward', kind: 'feedForward', share: step },
        { part: 'output', kind: 'bias', share: 1 },
      ],
      gradient: { source: Array.from({ length: S }, (_, i) => i - step), prefix: tokens.map((_, i) => i / 4) },
      integrated: {
        source: Array.from({ length: S }, (_, i) => step - i),
        prefix: tokens.map((_, i) => i / 4),
        baseline: {},
      },
    })),
    sweep: {
      measure: 'logitDifference',
      step: 1,
      answer: { id: 6, token: tokens[1] },
      rival: { id: 30, token: '▁we' },
      by: 'zero',
      second: null,
      aligned: [],
      rows: ['encoder.0.out', 'encoder.1.out'],
      columns: { kind: 'position', side: 'source', tokens: Array.from({ length: S }, (_, i) => `s${i}`) },
      plain: 2,
      other: null,
      values: [0, 1].map((row) => Array.from({ length: S }, (_, i) => (row && !i ? null : 2 - i + row))),
    },
    interventions: [],
  }
}
