import { afterAll, describe, expect, it } from 'vitest'
import type { Weights } from '#dist/engine/weights/weights.js'
import type { Intervention, TensorValues } from '#dist/trace/edits/intervention.js'
import type { TraceOptions } from '#dist/trace/options.js'
import { backends } from '../backends.ts'
import { expectClose } from '../engine/decode/expect-close.ts'
import { anyModel } from '../engine/model/any-model.ts'
import { type Look, plainLogits } from '../engine/model/plain-transformer.ts'
import { Random } from '../engine/program/random-operands.ts'
import { sentence, traced } from './traced.ts'

/** The result of a greedy search by the plain formulas; `forced` by step. */
function plainGreedy(weights: Weights, source: number[], look: Look, most: number, forced = new Map<number, number>()) {
  const { end } = weights.config.ids
  const ids: number[] = []
  while (ids.length < most && ids.at(-1) !== end) {
    const row = plainLogits(weights, source, [...ids, end], look).at(-1)!
    ids.push(forced.get(ids.length) ?? row.indexOf(Math.max(...row)))
  }
  return ids
}

const withoutHead =
  (attention: string, head: number, dHead: number): Look =>
  (name, rows) =>
    name === `${attention}.heads`
      ? rows.map((row) => row.map((value, i) => (Math.floor(i / dHead) === head ? 0 : value)))
      : rows

/** Models that differ in everything but that their stacks attend to their own tokens and their norms are the usual ones, each with a source; one has three heads. */
const attending = Array.from({ length: 160 }, (_, seed) => {
  const random = new Random(seed)
  const weights = anyModel(random)
  return { random, weights, source: sentence(random, weights.config.sourceVocabulary), seed }
}).filter(
  ({ weights: { config } }) =>
    [config.encoderSelfAttention, config.decoderSelfAttention].every((own) => !own || own.kind === 'attention') &&
    !config.decoder.attention?.compressed &&
    !config.norm.order.includes('/'),
)
const cases = [...attending.slice(0, 3), attending.find(({ weights }) => weights.config.encoder.heads === 3)!]

/** JavaScript, and the native backend on its highest instruction set; any-model.test.ts runs on all. */
const some = backends.filter((_, i) => i === 0 || i === backends.length - 1)

describe.each(some)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it('switches heads off in every program: the search and the trace go without them', () => {
    for (const { weights, source, random } of cases) {
      const side = random.pick(['encoder', 'decoder'] as const)
      const kind = side === 'encoder' ? 'selfAttention' : random.pick(['selfAttention', 'crossAttention'])
      const { heads, dHead, layers } = weights.config[side]
      const attention = `${side}.${layers - 1}.${kind}`
      const head = random.integer(0, heads - 1)
      const interventions: Intervention[] = [{ kind: 'headOff', attention, head }]
      const look = withoutHead(attention, head, dHead)
      const options = { interventions, tensors: ['logits', `${attention}.heads`], maxTokens: 7 }
      const trace = traced(player, weights, source, options)
      expect(trace.target.ids).toEqual(plainGreedy(weights, source, look, 7))
      expectClose(trace.tensors.logits.values, plainLogits(weights, source, trace.target.ids, look).flat(), 5e-5)
      const { values, shape } = trace.tensors[`${attention}.heads`]
      expect(values.every((value, i) => Math.floor((i % shape[1]) / dHead) !== head || value === 0)).toBe(true)
      expect(trace.interventions).toEqual(interventions)
    }
  })

  it('switches several heads of one attention off', () => {
    const { weights, source } = cases.find(({ weights }) => weights.config.encoder.heads === 3)!
    const { dHead } = weights.config.encoder
    const attention = 'encoder.0.selfAttention'
    const off = (head: number): Intervention => ({ kind: 'headOff', attention, head })
    const look: Look = (name, rows) =>
      withoutHead(attention, 0, dHead)(name, withoutHead(attention, 2, dHead)(name, rows))
    const target = [3, 4, 0]
    const trace = traced(player, weights, source, { target, interventions: [off(0), off(2)], tensors: ['logits'] })
    expectClose(trace.tensors.logits.values, plainLogits(weights, source, target, look).flat(), 5e-5)
  })

  it.each([
    'encoder.embedded',
    'encoder.0.selfAttention.key',
    'encoder.0.selfAttention.output',
    'encoder.0.feedForward.inner',
    'encoder.output',
    'decoder.0.selfAttention.query',
    'decoder.0.selfAttentionNorm.normed',
    'decoder.0.crossAttention.value',
    'decoder.0.crossAttention.heads',
    'decoder.0.feedForward.output',
    'decoder.0.feedForwardNorm.sum',
    'decoder.output',
    'logits',
  ])('replaces rows of %s', (tensor) => {
    for (const { weights, source, random } of cases) {
      const target = [3, 5, 4, 0]
      const before = traced(player, weights, source, { target, tensors: [tensor] })
      const [count, width] = before.tensors[tensor].shape
      const rows = random.pick([[0], [count - 1, 0], undefined])
      const numbers = rows ?? Array.from({ length: count }, (_, row) => row)
      const values = Float32Array.from({ length: numbers.length * width }, () => random.next() - 0.5)
      const look: Look = (name, old) => {
        const isOf = name === tensor
        return old.map((row, r) => {
          const at = isOf ? numbers.indexOf(r) : -1
          return at < 0 ? row : Array.from(values.subarray(at * width, (at + 1) * width))
        })
      }
      const interventions: Intervention[] = [{ kind: 'replace', tensor, rows, values }]
      const trace = traced(player, weights, source, { target, interventions, tensors: [tensor, 'logits'], steps: 1 })
      const logits = plainLogits(weights, source, target, look)
      expectClose(trace.tensors.logits.values, logits.flat(), 5e-5)
      expect(trace.steps.map(({ top }) => top[0].id)).toEqual(logits.map((row) => row.indexOf(Math.max(...row))))
      const now = trace.tensors[tensor].values
      for (const [at, row] of numbers.entries())
        expect(now.slice(row * width, (row + 1) * width)).toEqual(values.slice(at * width, (at + 1) * width))
      expect(trace.interventions).toEqual([{ kind: 'replace', tensor, ...(rows && { rows }) }])
    }
  })

  it('searches with replaced tensors of the encoder', () => {
    for (const { weights, source, random } of cases) {
      const width = weights.config.dModel
      const tensor = 'encoder.output'
      const values = Float32Array.from({ length: source.length * width }, () => 2 * random.next() - 1)
      const look: Look = (name, old) =>
        name === tensor ? old.map((_, r) => Array.from(values.subarray(r * width, (r + 1) * width))) : old
      const { target } = traced(player, weights, source, {
        interventions: [{ kind: 'replace', tensor, values }],
        maxTokens: 6,
      })
      expect(target.ids).toEqual(plainGreedy(weights, source, look, 6))
    }
  })

  it.each([
    'decoder.embedded',
    'decoder.0.selfAttention.value',
    'decoder.0.crossAttention.heads',
    'decoder.0.feedForward.output',
    'decoder.0.out',
    'decoder.output',
    'logits',
    'encoder.0.out',
  ])('a search follows a changed %s, by values, zeros, and a function', (tensor) => {
    for (const { weights, source, random } of cases) {
      const { shape } = traced(player, weights, source, { tensors: [tensor], target: [3, 0] }).tensors[tensor]
      const width = shape[1]
      const isOfSource = tensor.startsWith('encoder')
      const count = isOfSource ? source.length : 3
      const values = Float32Array.from({ length: count * width }, () => random.next() - 0.5)
      const replaced: Look = (name, rows) =>
        name === tensor
          ? rows.map((row, r) => (r < count ? Array.from(values.subarray(r * width, (r + 1) * width)) : row))
          : rows
      const zeros: Look = (name, rows) =>
        name === tensor ? rows.map((row, r) => (r === 1 ? row.map(() => 0) : row)) : rows
      const turned: Look = (name, rows) =>
        name === tensor ? rows.map((row, r) => row.map((value, i) => (i % 2 ? -value : value) + r)) : rows
      const turn = ({ values: own, positions }: TensorValues) =>
        own.map((value, i) => ((i % width) % 2 ? -value : value) + positions[Math.floor(i / width)])
      const changes: [Partial<TraceOptions>, Look][] = [
        [{ replace: { [tensor]: values } }, replaced],
        [{ ablate: [{ tensor, rows: [1] }] }, zeros],
        [{ replace: { [tensor]: turn } }, turned],
      ]
      for (const [change, look] of changes) {
        const trace = traced(player, weights, source, { ...change, maxTokens: 6, tensors: ['logits'] })
        expect(trace.target.ids).toEqual(plainGreedy(weights, source, look, 6))
        expectClose(trace.tensors.logits.values, plainLogits(weights, source, trace.target.ids, look).flat(), 1e-4)
        // Beams find the same where all live hypotheses are looked at alike: with a change, each step is that of the whole model.
        const beams = traced(player, weights, source, { ...change, maxTokens: 4, beams: 3, beamTree: true })
        const { nodes } = beams.beams!
        const node = nodes[beams.beams!.results[0]]
        const path: number[] = []
        for (let at = node; at.parent >= 0; at = nodes[at.parent]) path.unshift(at.id)
        const rows = plainLogits(weights, source, path, look)
        const sum = rows.reduce(
          (total, row, t) => total + row[path[t]] - Math.log(row.reduce((a, b) => a + Math.exp(b), 0)),
          0,
        )
        expect(node.sum).toBeCloseTo(sum, 3)
      }
    }
  })

  it('takes means and noise from the unchanged model', () => {
    const { weights, source } = cases[0]
    const tensor = 'encoder.0.out'
    const target = [3, 5, 0]
    const plain = traced(player, weights, source, { target, tensors: [tensor] }).tensors[tensor]
    const [count, width] = plain.shape
    const by = (how: 'mean' | 'noise', seed = 1) =>
      traced(player, weights, source, { target, tensors: [tensor], ablate: [{ tensor, with: how, seed }] }).tensors[
        tensor
      ].values
    const mean = by('mean')
    for (let i = 0; i < width; i++) {
      let sum = 0
      for (let row = 0; row < count; row++) sum += plain.values[row * width + i] / count
      for (let row = 0; row < count; row++) expect(mean[row * width + i]).toBeCloseTo(sum, 5)
    }
    expect(by('noise')).toEqual(by('noise'))
    expect(by('noise', 2)).not.toEqual(by('noise'))
    const spread = (values: Float32Array) => {
      const middle = values.reduce((a, b) => a + b, 0) / values.length
      return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length)
    }
    expect(spread(by('noise')) / spread(plain.values)).toBeGreaterThan(0.6)
    expect(spread(by('noise')) / spread(plain.values)).toBeLessThan(1.6)
  })

  it('forces tokens: those before stay, and the search continues from there', () => {
    for (const { weights, source } of cases) {
      const own = traced(player, weights, source, { maxTokens: 7 }).target.ids
      const step = Math.floor(own.length / 2)
      const token = own[step] === 3 ? 4 : 3
      const trace = traced(player, weights, source, {
        interventions: [{ kind: 'force', step, token }],
        maxTokens: 7,
        steps: true,
        beamTree: true,
      })
      const forced = new Map([...own.slice(0, step), token].map((id, i) => [i, id]))
      expect(trace.target.ids).toEqual(plainGreedy(weights, source, (_, rows) => rows, 7, forced))
      expect(trace.steps.map(({ forced }) => forced)).toEqual(trace.target.ids.map((_, i) => i === step))
      expect(trace.interventions).toEqual([{ kind: 'force', step, id: token, token: String(token) }])
      expect(trace.beams!.nodes[step + 1].id).toBe(token)
    }
  })
})

const { weights, source } = cases[0]
const { end } = weights.config.ids
const js = backends[0].make()
const force: Intervention = { kind: 'force', step: 0, token: 3 }

it.each<[string, unknown, RegExp]>([
  [
    'a kind that is none',
    [{ kind: 'headsOff' }],
    /interventions\[0\] must have a 'kind', one of headOff, replace, ablate, apply, force/,
  ],
  ['what is no object', [null], /interventions\[0\]/],
  [
    'an attention that is none',
    [{ kind: 'headOff', attention: 'encoder.0.selfAtention', head: 0 }],
    /Did you mean encoder\.0\.selfAttention\?/,
  ],
  ['a head that is none', [{ kind: 'headOff', attention: 'encoder.0.selfAttention', head: 64 }], /there is no head 64/],
  [
    'a negative head',
    [{ kind: 'headOff', attention: 'encoder.0.selfAttention', head: -1 }],
    /interventions\[0\]: option 'head'/,
  ],
  [
    'a tensor that is none',
    [{ kind: 'replace', tensor: 'encoder.embeded', values: [1] }],
    /Did you mean .*encoder\.embedded/,
  ],
  [
    'weights of attention',
    [{ kind: 'replace', tensor: 'encoder.0.selfAttention.weights', values: [1] }],
    /replace encoder\.0\.selfAttention\.heads/,
  ],
  ['a position', [{ kind: 'replace', tensor: 'encoder.embedding', values: [1] }], /replace encoder\.embedded/],
  ['too few values', [{ kind: 'replace', tensor: 'encoder.embedded', values: [1] }], /need \d+ values, not 1/],
  [
    'values that are no numbers',
    [{ kind: 'replace', tensor: 'encoder.embedded', values: [Number.NaN] }],
    /finite numbers/,
  ],
  [
    'a row that is none',
    [{ kind: 'replace', tensor: 'encoder.embedded', rows: [99], values: [1] }],
    /there is no row 99/,
  ],
  ['a row twice', [{ kind: 'replace', tensor: 'encoder.embedded', rows: [0, 0], values: [1] }], /named twice/],
  ['a function that is none', [{ kind: 'apply', tensor: 'encoder.embedded', apply: 5 }], /a function of/],
  ['a substitute that is none', [{ kind: 'ablate', tensor: 'encoder.embedded', with: 'median' }], /zero, mean, noise/],
  [
    'a function that returns too little',
    [{ kind: 'apply', tensor: 'encoder.embedded', apply: () => [1] }],
    /must return \d+ numbers/,
  ],
  ['a step after the end', [{ kind: 'force', step: 29, token: 3 }], /there is no step 29/],
  ['a token outside of the vocabulary', [{ kind: 'force', step: 0, token: 99 }], /outside the target vocabulary/],
  [
    'a token as text, where there is no tokenizer',
    [{ kind: 'force', step: 0, token: 'a' }],
    /is no token of the target/,
  ],
  ['two tokens at a step', [force, force], /two tokens at step 0/],
])('%s is ERR_OPTION', (_, interventions, message) => {
  expect(() => traced(js, weights, source, { interventions: interventions as Intervention[], maxTokens: 4 })).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(message) }),
  )
})

it('a token cannot be forced in a given target', () => {
  expect(() => traced(js, weights, source, { target: [3, end], interventions: [force] })).toThrow(/option 'target'/)
})
