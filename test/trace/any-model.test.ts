import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding } from '#dist/engine/backend/interface/backend.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { backends } from '../backends.ts'
import { expectClose } from '../engine/decode/expect-close.ts'
import { anyModel } from '../engine/model/any-model.ts'
import { plainLogits } from '../engine/model/plain-transformer.ts'
import { Random } from '../engine/program/random-operands.ts'
import { sentence, traced } from './traced.ts'

const unmasked = (values: ArrayLike<number>) => Array.from(values, (value) => (value === -Infinity ? 0 : value))

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it('traces every tensor of every model as the plain formulas have it', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = new Random(seed)
      const weights = anyModel(random)
      const source = sentence(random, weights.config.sourceVocabulary)
      const target = sentence(random, weights.config.targetVocabulary)
      const plain = new Map<string, number[][]>()
      plainLogits(weights, source, target, (name, rows) => {
        plain.set(name, rows)
        return rows
      })
      const { tensors } = traced(player, weights, source, { target, tensors: ['**'] })
      const learned = Object.keys(tensors).filter((name) => /\.(positionTable|relativeKeys|relativeValues)$/.test(name))
      for (const name of learned) expect(tensors[name].values).toEqual(Float32Array.from(weights.get(weightOf(name))))
      const derived = Object.keys(tensors).filter((name) => /\.(scores|scaledScores)$/.test(name))
      const unseen = ['relative', 'buckets', 'none'].includes(weights.config.positions.kind)
        ? ['encoder.positions', 'decoder.positions']
        : []
      expect([...Object.keys(tensors), ...unseen].sort()).toEqual([...plain.keys(), ...derived, ...learned].sort())
      for (const [name, { shape, values }] of Object.entries(tensors)) {
        expect(
          shape.reduce((a, b) => a * b),
          name,
        ).toBe(values.length)
        if (derived.includes(name) || learned.includes(name)) continue
        expectClose(unmasked(values), unmasked(plain.get(name)!.flat()), 5e-5)
      }
      for (const name of derived) checkScores(name, tensors, weights)
    }
  })

  /** Scores before the scale and the mask: those after it, where a query may look. */
  function checkScores(name: string, tensors: Record<string, { values: Float32Array }>, { config }: Weights) {
    const { dHead } = config[name.startsWith('encoder') ? 'encoder' : 'decoder']
    const factor = name.endsWith('.scores') && config.scaledAttention !== false ? Math.sqrt(dHead) : 1
    const masked = tensors[name.replace(/\w+$/, 'maskedScores')].values
    const own = tensors[name].values
    expectClose(
      own.map((value, i) => (masked[i] === -Infinity ? 0 : value)),
      Array.from(masked, (value) => (value === -Infinity ? 0 : value * factor)),
      1e-5,
    )
  }

  it.each(['bfloat16', 'int8', 'int4'] as const)(
    'traces models held in %s: weights are the softmax of masked scores',
    (held) => {
      const random = new Random(5)
      const weights = encoded(anyModel(random), held)
      const source = sentence(random, weights.config.sourceVocabulary)
      const tensors = ['**.maskedScores', '**.weights', '**.sum', '**.output']
      const trace = traced(player, weights, source, { tensors, beams: 2, maxTokens: 8, steps: true })
      expect(trace.model.precision).toBe(held)
      for (const [name, { values, shape }] of Object.entries(trace.tensors)) {
        if (!name.endsWith('.weights')) continue
        const keys = shape[2]
        const scores = trace.tensors[name.replace('weights', 'maskedScores')].values
        for (let row = 0; row < values.length; row += keys) {
          const powers = Array.from(scores.subarray(row, row + keys), Math.exp)
          const total = powers.reduce((a, b) => a + b)
          expectClose(
            values.subarray(row, row + keys),
            powers.map((power) => power / total),
            1e-5,
          )
        }
      }
    },
  )
})

function encoded(weights: Weights, encoding: Encoding): Weights {
  const result = new Weights(weights.config, encoding)
  for (const { name } of weights.parameters) result.setRows(name, 0, weights.get(name))
  return result
}

/** The weight that a trace has under another name. */
const weightOf = (name: string) =>
  name.endsWith('.positionTable') ? name.replace('.positionTable', '.positions.weight') : `${name}.weight`
