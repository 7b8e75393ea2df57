import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import { type GenerationOptions, generationDefaults } from '#dist/engine/decode/settings/options.js'
import type { Sentence } from '#dist/engine/decode/turns/sentence.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { backends } from '../../backends.ts'
import { generate } from './generate.ts'
import { watched } from './watched.ts'

const golden = fileURLToPath(new URL('../../golden/hub/marian-f16/', import.meta.url))
const model = loadFolder(`${golden}model`)
const { input_ids, lengths } = JSON.parse(readFileSync(`${golden}expected.json`, 'utf8'))
const sources: number[][] = input_ids.map((ids: number[], i: number) => ids.slice(0, lengths[i]))
const longest = sources.at(-1)!

/** The player, and the largest value to which each symbol of the step program has been bound. */
function measured(player: Player) {
  const most = new Map<string, number>()
  const watching = watched(player, (play, program, rows) => {
    program.symbols.forEach((symbol, i) => most.set(symbol, Math.max(rows[i], most.get(symbol) ?? 0)))
    play()
  })
  return { player: watching, most }
}

const variants: GenerationOptions[] = [
  { ...generationDefaults },
  { ...generationDefaults, beams: 4, alternatives: 4 },
  { ...generationDefaults, beams: 3, renormalize: true, noRepeatNgram: 2 },
  { ...generationDefaults, beams: 2, lengthPenaltyForm: 'gnmt', minTokens: 4 },
].map((options) => ({ ...options, maxTokens: 20 }) as GenerationOptions)

// The scalar backend, and the best available one.
describe.each([backends[0], backends.at(-1)!])('continuous batching, $name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())
  const alone = variants.map((options) =>
    sources.map((source) => generate(player, model.weights, [source], options)[0]),
  )

  it('translates sentences that join and leave at any time as it does alone', () => {
    const arrival = fc.record({
      source: fc.nat(sources.length - 1),
      variant: fc.nat(variants.length - 1),
      stepsLater: fc.integer({ min: 0, max: 6 }),
    })
    const schedule = fc.array(arrival, { minLength: 2, maxLength: 12 })
    const property = fc.property(schedule, fc.constantFrom(1, 60, 4096), (arrivals, batchTokens) => {
      const generator = new Generator(player, model.weights, { batchTokens })
      const results: Found[][] = []
      arrivals.forEach(({ source, variant, stepsLater }, i) => {
        for (let step = 0; step < stepsLater; step++) generator.step()
        const done = (found: Found[]) => {
          results[i] = found
        }
        generator.add({ source: sources[source], options: variants[variant], done })
      })
      while (generator.busy) generator.step()
      arrivals.forEach(({ source, variant }, i) => {
        const expected = alone[variant][source]
        expect(results[i].map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids))
        results[i].forEach(({ score }, n) => expect(score).toBeCloseTo(expected[n].score, 4))
      })
    })
    fc.assert(property, { numRuns: 25 })
  })

  it('admits no single sentence while others wait, but several once a quarter of the room is free', () => {
    const generator = new Generator(player, model.weights, { batchTokens: 8 * longest.length })
    for (let i = 0; i < 24; i++) {
      const tokens = 2 + (i % 7)
      const options = { ...generationDefaults, minTokens: tokens, maxTokens: tokens }
      generator.add({ source: longest, options, request: i, done() {} })
    }
    const admitted: number[] = []
    while (generator.waiting) {
      const before = generator.waiting
      generator.step()
      admitted.push(before - generator.waiting)
    }
    expect(admitted[0]).toBe(8)
    expect(admitted.slice(1, -1)).not.toContain(1)
  })

  it('passes on growing beginnings of the best translation', () => {
    const prefixes: number[][] = []
    let best: number[] = []
    const generator = new Generator(player, model.weights, { batchTokens: 100 })
    const done = ([{ ids }]: Found[]) => {
      best = ids
    }
    generator.add({ source: longest, options: variants[0], done, prefix: (ids) => prefixes.push(ids) })
    while (generator.busy) generator.step()
    expect(prefixes.length).toBeGreaterThan(0)
    prefixes.forEach((ids, i) => {
      expect(ids).toEqual(best.slice(0, ids.length))
      expect(ids.length).toBeGreaterThan(i ? prefixes[i - 1].length : 0)
    })
  })

  it('generates no more tokens than the model can, whatever maxTokens and minTokens say', () => {
    const short = new Weights({ ...model.config, maxLength: 5 }, 'float32', model.weights.values)
    for (const beams of [1, 2]) {
      const options = { ...generationDefaults, beams, minTokens: 9, maxTokens: 9 }
      const [[{ ids }]] = generate(player, short, [longest.slice(-5)], options)
      expect(ids).toHaveLength(5)
    }
  })

  it('may have more beams than there are tokens', () => {
    const beams = 2 * model.config.targetVocabulary
    const options = { ...generationDefaults, beams, alternatives: beams, maxTokens: 2 }
    const [found] = generate(player, model.weights, [longest], options)
    expect(new Set(found.map(({ ids }) => ids.join())).size).toBe(beams)
  })

  it('takes steps with more sentences than before in fewer rows', () => {
    const generator = new Generator(player, model.weights, { batchTokens: 1e6 })
    const run = (count: number, options: GenerationOptions) => {
      const found: number[][] = []
      for (let i = 0; i < count; i++) generator.add({ source: longest, options, done: ([{ ids }]) => found.push(ids) })
      while (generator.busy) generator.step()
      return found
    }
    run(10, variants[1])
    expect(run(30, variants[0])).toEqual(Array(30).fill(alone[0].at(-1)![0].ids))
  })

  it('reuses rows and slots: many sentences take no more memory than some', () => {
    const { player: watching, most } = measured(player)
    const generator = new Generator(watching, model.weights, { batchTokens: 200 })
    const run = (count: number) => {
      for (let i = 0; i < count; i++)
        generator.add({ source: sources[i % sources.length], options: variants[1], done: () => {} })
      while (generator.busy) generator.step()
      return { memory: most.get('M'), cache: most.get('K') }
    }
    const after30 = run(30)
    expect(run(300)).toEqual(after30)
  })
})

it('waiting requests take turns', () => {
  const player = backends.at(-1)!.make()
  const generator = new Generator(player, model.weights, { batchTokens: 1 }) // one at a time
  const finished: unknown[] = []
  for (const request of ['a', 'a', 'a', 'b', 'b', 'c'])
    generator.add({ source: longest, options: variants[0], request, done: () => finished.push(request) })
  while (generator.busy) generator.step()
  expect(finished).toEqual(['a', 'b', 'c', 'a', 'b', 'a'])
  player.close()
})

describe('canceling', () => {
  const player = backends.at(-1)!.make()
  afterAll(() => player.close())
  const sentence = (done: Sentence['done'] = () => {}): Sentence => ({ source: longest, options: variants[1], done })

  it('drops waiting and live sentences, and frees their rows', () => {
    const { player: watching, most } = measured(player)
    const generator = new Generator(watching, model.weights, { batchTokens: 400 })
    const memory: (number | undefined)[] = []
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 10; i++) generator.add(sentence(() => expect.unreachable()))
      for (let step = 0; step < 3; step++) generator.step()
      expect(generator.busy).toBe(true)
      generator.cancel(() => true)
      expect(generator.busy).toBe(false)
      expect(generator.waiting).toBe(0)
      memory.push(most.get('M'), most.get('K'))
    }
    expect(memory.slice(-2)).toEqual(memory.slice(0, 2))
  })

  it('drops one of more sentences than a call can have arguments', () => {
    const generator = new Generator(player, model.weights, { batchTokens: 400 })
    const sentences = Array.from({ length: 200_000 }, () => sentence())
    for (const each of sentences) generator.add(each)
    generator.cancel((each) => each === sentences[7])
    expect(generator.waiting).toBe(sentences.length - 1)
  })

  it('leaves other sentences unchanged', () => {
    const generator = new Generator(player, model.weights, { batchTokens: 4096 })
    const expected = generate(player, model.weights, [longest], variants[1])[0]
    let found: Found[] = []
    const kept = sentence((list) => {
      found = list
    })
    const dropped = sentence(() => expect.unreachable())
    for (const each of [dropped, kept, sentence(() => {})]) generator.add(each)
    generator.step()
    generator.step()
    generator.cancel((each) => each === dropped)
    while (generator.busy) generator.step()
    expect(found.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids))
  })

  it('may happen when another sentence finishes in the same step', () => {
    const generator = new Generator(player, model.weights, { batchTokens: 4096 })
    const reported: number[] = []
    for (let i = 0; i < 3; i++)
      generator.add(
        sentence(() => {
          reported.push(i)
          generator.cancel(() => true)
        }),
      )
    while (generator.busy) generator.step()
    expect(reported).toEqual([0])
  })

  it('is not needed for a sentence whose callback adds another', () => {
    const generator = new Generator(player, model.weights, { batchTokens: 4096 })
    let chained = 0
    const next = () => {
      if (++chained < 5) generator.add(sentence(next))
    }
    generator.add(sentence(next))
    while (generator.busy) generator.step()
    expect(chained).toBe(5)
  })
})
