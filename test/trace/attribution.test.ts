import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ModelInspector } from 'glassformer/inspect'
import { afterAll, describe, expect, it } from 'vitest'
import { Weights } from '#dist/engine/weights/weights.js'
import type { TracedAttribution } from '#dist/trace/data/trace.js'
import type { TraceOptions } from '#dist/trace/options.js'
import { backends } from '../backends.ts'
import { anyModel } from '../engine/model/any-model.ts'
import { plainLogits } from '../engine/model/plain-transformer.ts'
import { Random } from '../engine/program/random-operands.ts'
import { sharedFolder } from '../shared-folder.ts'
import { sentence, traced } from './traced.ts'

const some = backends.filter((_, i) => i === 0 || i === backends.length - 1)
const sumOf = ({ direct }: TracedAttribution) => direct!.reduce((sum, { share }) => sum + share, 0)

const folders = [
  fileURLToPath(new URL('../golden/hub', import.meta.url)),
  fileURLToPath(new URL('../golden/more', import.meta.url)),
  ...(sharedFolder ? [join(sharedFolder, 'golden/hub')] : []),
]
const models = folders.flatMap((folder) =>
  readdirSync(folder)
    .map((name) => join(folder, name, 'model'))
    .filter((path) => existsSync(join(path, 'config.json')))
    .map((path) => ({ name: path.split('/').at(-2)!, path })),
)

describe('direct shares add up to the logit', () => {
  it.each(models)('of $name', ({ path }) => {
    for (const precision of ['float32', 'int8'] as const) {
      const inspector = ModelInspector.load(path, { precision, tokenizer: undefined })
      try {
        const { config } = inspector.weights
        if (config.sound) return
        const source = [5, 9, 17, 4, 30].map((id) => id % config.sourceVocabulary)
        for (const contrast of [undefined, true] as const) {
          const { attributions, target } = inspector.inspect(source, {
            maxTokens: 6,
            attribute: { keys: true },
            contrast,
          } as TraceOptions)
          expect(attributions!.length).toBe(target.ids.length)
          for (const each of attributions!) {
            expect(Math.abs(sumOf(each) - each.score)).toBeLessThan(1e-3)
            for (const { keys, share } of each.direct!)
              if (keys) expect(keys.reduce((a, b) => a + b, 0)).toBeCloseTo(share, 4)
          }
        }
      } finally {
        inspector.close()
      }
    }
  })
})

describe.each(some)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it('shares add up to the logit in models of every shape, with heads off and tensors replaced too', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed)
      const weights = anyModel(random)
      const source = sentence(random, weights.config.sourceVocabulary)
      const target = sentence(random, weights.config.targetVocabulary)
      const { dModel, decoder } = weights.config
      const values = Array.from({ length: dModel }, () => random.next())
      const changes: TraceOptions[] = [
        {},
        { contrast: true },
        { interventions: [{ kind: 'headOff', attention: 'decoder.0.crossAttention', head: 0 }] },
        { interventions: [{ kind: 'replace', tensor: `decoder.${decoder.layers - 1}.out`, rows: [0], values }] },
        { ablate: ['decoder.0.crossAttention.output', 'decoder.0.crossAttention.heads', 'decoder.embedded'] },
      ]
      for (const change of changes) {
        const { attributions } = traced(player, weights, source, { target, attribute: { keys: true }, ...change })
        for (const each of attributions!) {
          expect(Math.abs(sumOf(each) - each.score), `seed ${seed}`).toBeLessThan(1e-4)
          for (const { keys, share } of each.direct!)
            if (keys) expect(keys.reduce((a, b) => a + b, 0)).toBeCloseTo(share, 4)
        }
      }
    }
  })

  it('gradients are those of finite differences in models of every shape', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed)
      const weights = anyModel(random)
      const source = sentence(random, weights.config.sourceVocabulary)
      const target = sentence(random, weights.config.targetVocabulary)
      const step = target.length - 1
      const { attributions, tensors } = traced(player, weights, source, {
        target,
        attribute: { by: 'gradient', steps: step, vectors: true },
        tensors: ['encoder.embedding', 'decoder.embedding'],
      })
      for (const [side, stack] of [
        ['source', 'encoder'],
        ['prefix', 'decoder'],
      ] as const) {
        const { shape, values } = tensors[`gradient.${side}`]
        const [, rows, width] = shape
        const at = random.integer(0, rows - 1) * width + random.integer(0, width - 1)
        const logit = (change: number) =>
          plainLogits(weights, source, target, (name, all) => {
            if (name !== `${stack}.embedded`) return all
            return all.map((row, r) => row.map((value, i) => (r * width + i === at ? value + change : value)))
          })[step][target[step]]
        const [small, smaller] = [1e-4, 5e-5].map((e) => (logit(e) - logit(-e)) / (2 * e))
        const scale = Math.max(1, ...values.map(Math.abs))
        // Where relu has a corner near by, differences say nothing.
        if (Math.abs(small - smaller) > 1e-4 * scale) continue
        expect(Math.abs(values[at] - small) / scale, `seed ${seed} ${side}`).toBeLessThan(2e-3)
        const embedding = tensors[`${stack}.embedding`].values
        const shares = attributions![0].gradient![side]
        for (const [row, share] of shares.entries()) {
          let sum = 0
          for (let i = row * width; i < (row + 1) * width; i++) sum += values[i] * embedding[i]
          expect(share).toBeCloseTo(sum, 3)
        }
      }
    }
  })

  it('explains a model in int8 by its rounded weights', () => {
    const random = new Random(3)
    const exact = anyModel(random)
    const rounded = new Weights(exact.config, 'int8')
    for (const { name } of exact.parameters) rounded.setRows(name, 0, exact.get(name))
    const source = sentence(random, exact.config.sourceVocabulary)
    const target = sentence(random, exact.config.targetVocabulary)
    const by = ['direct', 'gradient', 'integrated'] as const
    const { attributions, steps } = traced(player, rounded, source, { target, attribute: by, steps: 1 })
    for (const [step, each] of attributions!.entries()) {
      expect(Math.abs(sumOf(each) - each.score)).toBeLessThan(1e-4)
      expect(Math.abs(each.score - steps[step].chosen.logit)).toBeLessThan(0.5)
    }
  })
})

const { weights, source } = (() => {
  const random = new Random(4)
  const weights = anyModel(random)
  return { weights, source: sentence(random, weights.config.sourceVocabulary) }
})()
const js = backends[0].make()
const target = [3, 4, 0]

it.each<[string, object, string, RegExp]>([
  ['a method that is none', { attribute: 'indirect' }, 'ERR_OPTION', /attribute/],
  ['a step that is none', { attribute: { steps: 3 } }, 'ERR_OPTION', /there is no step 3/],
  ['a token without a step', { attribute: { token: 3 } }, 'ERR_OPTION', /needs attribute\.steps/],
  ['a token outside of the vocabulary', { attribute: { token: 99, steps: 0 } }, 'ERR_OPTION', /outside the target/],
  ['an option that is none', { attribute: { method: 'direct' } }, 'ERR_OPTION', /unknown option 'attribute\.method'/],
  ['a contrast alone', { contrast: 3 }, 'ERR_OPTION', /needs 'attribute' or 'sweep'/],
  ['too few rivals', { attribute: true, contrast: [3] }, 'ERR_OPTION', /one for each step/],
  ['a rival that is none', { attribute: true, contrast: 'dog' }, 'ERR_OPTION', /'dog' is no token/],
  ['a contrast that is none', { attribute: true, contrast: Number.NaN }, 'ERR_OPTION', /contrast/],
  [
    'gradients through replaced tensors',
    { attribute: 'gradient', ablate: ['encoder.output'] },
    'ERR_UNSUPPORTED',
    /gradients do not pass/,
  ],
])('%s is refused', (_, options, code, message) => {
  expect(() => traced(js, weights, source, { target, ...options } as TraceOptions)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  )
})
