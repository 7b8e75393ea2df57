import { Weights } from 'glassformer'
import { initialize, ModelInspector, TrainingStep } from 'glassformer/inspect'
import { describe, expect, it } from 'vitest'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { attention } from '#dist/engine/program/ops/attention.js'
import { Program } from '#dist/engine/program/program.js'
import { attentionScores } from '#dist/trace/play/attention-scores.js'
import { backends } from '../backends.ts'
import { modelConfig } from '../learn/train/small-model.ts'

describe('the numbers of The Illustrated Transformer', () => {
  // q · k₁ = 112 and q · k₂ = 96 of heads of 64: divided by 8 they are 14 and 12, whose softmax is 0.88 and 0.12.
  const query = { rows: 1, values: new Float32Array(64).fill(1) }
  const key = { rows: 2, values: Float32Array.from({ length: 128 }, (_, i) => (i < 64 ? 112 : 96) / 64) }
  const of = { causal: false, heads: 1, scale: 64 ** -0.5, factor: null, image: null }
  const none = { keys: null, bias: null }

  it('scores 112 and 96, divided by 8: 14 and 12', () => {
    expect([...attentionScores('scores', of, query, key, none)]).toEqual([112, 96])
    expect([...attentionScores('scaledScores', of, query, key, none)]).toEqual([14, 12])
    expect([...attentionScores('maskedScores', of, query, key, none)]).toEqual([14, 12])
  })

  it.each(backends)('their softmax: 0.88 and 0.12 ($name)', ({ make }) => {
    const player = make()
    const p = new Program('softmax of scores')
    const [q, k, v] = [p.input('q', 'T', 64), p.input('k', 'S', 64), p.input('v', 'S', 64)]
    const spans = { queries: p.input('queries', 'B', 2, 'int32'), keys: p.input('keys', 'B', 2, 'int32') }
    const attributes = { heads: 1, scale: 64 ** -0.5, causal: false, every: 1, traced: true, dropout: 0, site: 0 }
    const outputs = attention(p, { q, k, v, ...spans }, attributes)
    for (const [i, name] of ['z', 'weights'].entries()) p.output(outputs[i], name)
    const weights = new Float32Array(2)
    const ends = { queries: Int32Array.of(0, 1), keys: Int32Array.of(0, 2) }
    const arrays = { q: query.values, k: key.values, v: key.values, z: new Float32Array(64), weights, ...ends }
    new LoadedProgram(player, p).play({ T: 1, S: 2, B: 1, 'P(queries, keys)': 2 }, arrays)
    expect(Array.from(weights, (weight) => weight.toFixed(2))).toEqual(['0.88', '0.12'])
    player.close()
  })

  it('six words before and after training: first all words are about equally probable, then each step has its own', () => {
    // "a", "am", "i", "thanks", "student" and the end, of which "i am a student" is made.
    const ids = { end: 0, start: 4, padding: null, unknown: null }
    const weights = new Weights({
      ...modelConfig,
      sourceVocabulary: 6,
      targetVocabulary: 6,
      sharedEmbedding: true,
      ids,
    })
    initialize(weights, 3)
    const inspector = ModelInspector.of(weights, { backend: 'js' })
    const pair = { source: [3, 5, 0], target: [3, 2, 1, 5, 0] }
    const probabilities = () => {
      const { steps } = inspector.inspect(pair.source, { target: pair.target, steps: 6 })
      return steps.map(({ chosen, top, entropy }) => {
        const all = top.map(({ logProbability }) => Math.exp(logProbability))
        expect(all.reduce((a, b) => a + b)).toBeCloseTo(1, 5)
        return { chosen: Math.exp(chosen.logProbability), entropy, rank: chosen.rank }
      })
    }
    const before = probabilities()
    expect(Math.min(...before.map(({ entropy }) => entropy))).toBeGreaterThan(0.5)
    expect(Math.max(...before.map(({ chosen }) => chosen))).toBeLessThan(0.9)
    train(inspector, weights, pair)
    for (const { chosen, rank, entropy } of probabilities()) {
      expect(rank).toBe(0)
      expect(chosen).toBeGreaterThan(0.95)
      expect(entropy).toBeLessThan(0.3)
    }
    expect(inspector.inspect(pair.source, { maxTokens: 8 }).target.ids).toEqual(pair.target)
    inspector.close()
  })
})

function train({ player }: ModelInspector, weights: Weights, pair: { source: number[]; target: number[] }): void {
  const step = new TrainingStep(player, weights, {
    loss: { smoothing: 0, over: 'all' },
    dropout: { residual: 0, attention: 0, activation: 0 },
    optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0 },
    clip: 1,
    seed: 1,
  })
  for (let n = 1; n <= 150; n++) {
    step.accumulate([pair], n, pair.target.length)
    step.update(n, 0.01, step.norm())
  }
}
