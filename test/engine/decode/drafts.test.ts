import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { GivenDraft, LookupDraft } from '#dist/engine/decode/drafts/draft-of.js'
import { Generator } from '#dist/engine/decode/generator.js'
import { extend, startHypothesis } from '#dist/engine/decode/hypotheses/hypothesis.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import { type GenerationOptions, generationDefaults } from '#dist/engine/decode/settings/options.js'
import type { Sentence } from '#dist/engine/decode/turns/sentence.js'
import { wantsPanels } from '#dist/engine/weights/precision.js'
import type { Weights } from '#dist/engine/weights/weights.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { resolveGenerate } from '#dist/use/translate/options/generate-settings.js'
import { backends, makeWasmPlayer, wasmBackends } from '../../backends.ts'
import { sharedFolder } from '../../shared-folder.ts'

const copied = fileURLToPath(new URL('../../golden/hub', import.meta.url))
const folders = sharedFolder ? `${sharedFolder}/golden/hub` : copied
const families = readdirSync(folders, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`${folders}/${entry.name}/expected.json`))
  .map(({ name }) => name)

const wasm = wasmBackends.length ? [{ name: 'wasm', make: (): Player => makeWasmPlayer() }] : []
/** Plain JavaScript, the best instruction set with its own products, and WebAssembly. */
const best = backends.filter(({ name }) => !name.includes('BLAS')).at(-1)!
const players = [...new Set([backends[0], best, ...wasm])]

type Draft = GenerationOptions['draft']

/** Drafts of all kinds for a sentence whose translation is known. */
function draftsOf(ids: readonly number[], vocabulary: number): Record<string, Draft> {
  const other = (id: number) => (id + 7) % vocabulary
  return {
    right: ids,
    'right in its first half': ids.map((id, i) => (i < ids.length / 2 ? id : other(id))),
    'right at every other place': ids.map((id, i) => (i % 2 ? id : other(id))),
    'one token short': ids.slice(1),
    wrong: ids.map(other),
    empty: [],
    'longer than the translation': [...ids.filter((_, i) => i < ids.length - 1), ...ids, ...ids],
    lookup: 'lookup',
  }
}

interface Tally {
  found: Map<string, Found[]>
  steps: number
  drafted: number
  accepted: number
}

/** Hypotheses of sentences in one batch, by their names. */
function played(player: Player, weights: Weights, sentences: (Omit<Sentence, 'done'> & { name: string })[]): Tally {
  const tally: Tally = { found: new Map(), steps: 0, drafted: 0, accepted: 0 }
  const counts = {
    add(name: string, amount: number) {
      if (name === 'drafted' || name === 'accepted') tally[name] += amount
    },
    set() {},
    took() {},
  }
  const generator = new Generator(player, weights, { batchTokens: 4096, counts })
  for (const sentence of sentences)
    generator.add({ ...sentence, done: (found) => tally.found.set(sentence.name, found) })
  for (; generator.busy; tally.steps++) generator.step()
  return tally
}

interface Expected {
  input_ids: number[][]
  lengths: number[]
  cases: { name: string; settings: Record<string, unknown> & { decoder_input_ids?: number[][] }; sentences: number[] }[]
}

const expectedOf = (family: string): Expected => JSON.parse(readFileSync(`${folders}/${family}/expected.json`, 'utf8'))

// The copies in test/ have no cases of generate.
describe.each(families.filter((family) => expectedOf(family).cases.length > 0))('%s with drafts', (family) => {
  const expected = expectedOf(family)
  const sources = expected.input_ids.map((ids, i) => ids.slice(0, expected.lengths[i]))

  describe.each(players)('$name', (backend) => {
    const player = backend.make()
    const model = loadFolder(`${folders}/${family}/model`, { precision: 'float32', panels: wantsPanels(player.info) })
    /** Every case of the goldens, searched with one beam, or sampled. */
    const asked = expected.cases.flatMap(({ name, settings, sentences }) => {
      const {
        decoder_input_ids: prompts,
        num_return_sequences,
        num_beam_groups,
        diversity_penalty,
        ...others
      } = settings
      return sentences.slice(0, 2).map((s) => {
        const given = { ...others, num_beams: 1, seed: 3, ...(prompts && { decoder_input_ids: [prompts[s]] }) }
        const [{ assistant: _, ...resolved }] = resolveGenerate(given, [[1]], { ...model, hasTokenizer: false }).sources
        return { ...resolved, source: sources[s], name: `${name} of sentence ${s}` }
      })
    })

    const few = backend === best ? asked : asked.filter((_, i) => i % 7 === 0)
    let plain: Map<string, Found[]>
    beforeAll(() => {
      plain = played(player, model.weights, few).found
    })
    afterAll(() => player.close())

    it.each(Object.keys(draftsOf([], 1)))(
      'finds the same ids and scores, to the bit, with a draft that is %s',
      (kind) => {
        const drafting = few.map((sentence) => {
          const [{ ids }] = plain.get(sentence.name)!
          const draft = draftsOf(ids, model.config.targetVocabulary)[kind]
          return { ...sentence, options: { ...sentence.options, draft } }
        })
        let drafted = 0
        for (let i = 0; i < drafting.length; i += 3) {
          const tally = played(player, model.weights, drafting.slice(i, i + 3))
          drafted += tally.drafted
          for (const [name, found] of tally.found) expect(found, name).toEqual(plain.get(name))
        }
        expect(drafted > 0).toBe(kind !== 'empty')
        const together = played(player, model.weights, drafting)
        for (const [name, found] of together.found) expect(found, name).toEqual(plain.get(name))
      },
    )
  })
})

describe.each(['float32', 'int8'] as const)('the embedded model in %s', (precision) => {
  const player = best.make()
  const { weights, config } = loadFolder(embeddedFolder(), { precision, panels: wantsPanels(player.info) })
  const source = [31, 77, 204, 9, 1200, 55, 31, 77, 204, 9, 61, 12, config.ids.end!]
  const options: GenerationOptions = { ...generationDefaults, maxTokens: 40 }
  afterAll(() => player.close())
  const run = (more: Partial<GenerationOptions> = {}, rest: Partial<Sentence> = {}) =>
    played(player, weights, [{ name: 'it', source, options: { ...options, ...more }, ...rest }])
  const idsOf = ({ found }: Tally) => found.get('it')![0].ids

  it('takes few steps for a draft that is right, and none more for one that is wrong', () => {
    const plain = run()
    const ids = idsOf(plain)
    const right = run({ draft: ids })
    expect(right.found).toEqual(plain.found)
    expect(right.steps).toBeLessThan(plain.steps / 2)
    expect(right.accepted).toBe(right.drafted)
    const wrong = run({ draft: ids.map((id) => (id + 1) % config.targetVocabulary) })
    expect(wrong.found).toEqual(plain.found)
    expect(wrong.steps).toBeLessThanOrEqual(plain.steps)
    // It is found out soon, and tried again seldom.
    expect(wrong.drafted).toBeLessThan(plain.steps / 2 + 4)
  })

  it('realigns a draft after words that were replaced, put in and left out', () => {
    const ids = idsOf(run())
    const draft = [...ids.slice(0, 3), 4000, ...ids.slice(4, 6), ...ids.slice(7)]
    expect(run({ draft }).accepted).toBeGreaterThan(ids.length / 3)
  })

  it('drafts no more than draftTokens, and nothing in a full batch', () => {
    const ids = idsOf(run())
    expect(run({ draft: ids, draftTokens: 1 }).steps).toBeGreaterThanOrEqual(Math.floor(ids.length / 2))
    const full = Array.from({ length: 32 }, (_, i) => ({ name: `${i}`, source, options: { ...options, draft: ids } }))
    const { drafted, found } = played(player, weights, full)
    expect(drafted).toBe(0)
    expect(found.get('31')).toEqual(run().found.get('it'))
  })

  it('searches beams and several samples without a draft', () => {
    const ids = idsOf(run())
    for (const more of [{ beams: 4 }, { sample: true, seed: 1, alternatives: 3 }]) {
      const drafted = run({ ...more, draft: ids })
      expect(drafted.drafted).toBe(0)
      expect(drafted.found).toEqual(run(more).found)
    }
  })

  it.each([{ topK: 50 }, { topK: 0 }, { temperature: 0.5, topP: 0.9 }])('draws the same sample with %j', (warped) => {
    const sampling = { ...warped, sample: true, seed: 11 }
    const plain = run(sampling)
    const ids = idsOf(plain)
    const right = run({ ...sampling, draft: ids })
    expect(right.found).toEqual(plain.found)
    expect(right.accepted).toBeGreaterThan(0)
    expect(run({ ...sampling, draft: idsOf(run()) }).found).toEqual(plain.found)
  })

  it('ends where a stop rule ends it, and where its length or its loops cut it', () => {
    const ids = idsOf(run())
    const stops = (found: readonly number[]) => found.length === 5
    expect(run({ draft: ids }, { stops }).found).toEqual(run({}, { stops }).found)
    for (const more of [
      { maxTokens: 6 },
      { maxTokens: 1 },
      { loops: 'keep' as const },
      { maxTokens: 7, forcedLast: 0 },
    ])
      expect(run({ ...more, draft: [...ids, ...ids] }).found).toEqual(run(more).found)
  })

  it('asks functions that choose for the same prefixes, and stops where one of them throws or cancels', () => {
    const ids = idsOf(run())
    const prefixes = (draft: Draft) => {
      const seen: number[][] = []
      const processors = [(prefix: readonly number[]) => void seen.push([...prefix])]
      run({ draft }, { choosers: { sentence: 0, processors } })
      return seen
    }
    expect(prefixes(ids)).toEqual(prefixes(null))
    let failed: unknown
    const error = new Error('no more')
    const throwing = () => {
      throw error
    }
    const { found } = run(
      { draft: ids },
      { choosers: { sentence: 0, processors: [throwing] }, fail: (given) => (failed = given) },
    )
    expect([found.size, failed]).toEqual([0, error])
    const generator = new Generator(player, weights, { batchTokens: 100 })
    let calls = 0
    const canceling = () => {
      if (++calls === 3) generator.cancel(() => true)
    }
    const done = () => expect.unreachable()
    generator.add({
      source,
      options: { ...options, draft: ids },
      choosers: { sentence: 0, processors: [canceling] },
      done,
    })
    while (generator.busy) generator.step()
    expect(calls).toBe(3)
  })

  it('tells prefixes that only grow', () => {
    const ids = idsOf(run())
    const told: number[][] = []
    run({ draft: ids }, { prefix: (prefix) => told.push(prefix) })
    expect(told.length).toBeGreaterThan(0)
    for (const prefix of told) expect(ids.slice(0, prefix.length)).toEqual(prefix)
    expect(told.map(({ length }) => length)).toEqual(
      [...new Set(told.map(({ length }) => length))].sort((a, b) => a - b),
    )
  })
})

describe('drafts by themselves', () => {
  const path = (...ids: number[]) => ids.reduce((parent, id) => extend(parent, id, 0), startHypothesis(99))

  it('lookup proposes what followed the first occurrence of the longest n-gram', () => {
    const lookup = new LookupDraft([7, 8, 9, 10], 2)
    expect(lookup.propose(path(1, 2, 3, 2, 5, 1, 2), 2)).toEqual([3, 2])
    expect(lookup.propose(path(1, 7, 8), 9)).toEqual([9, 10])
    expect(lookup.propose(path(2, 5, 2), 1)).toEqual([5])
    expect(lookup.propose(path(1, 2, 3), 4)).toEqual([])
    expect(new LookupDraft([7, 8, 9, 1, 8, 4], 1).propose(path(1, 8), 1)).toEqual([9])
  })

  it('given proposes what stands after the place that was reached', () => {
    const given = [1, 2, 3, 4, 5, 6]
    expect(new GivenDraft(given).propose(path(), 3)).toEqual([1, 2, 3])
    expect(new GivenDraft(given).propose(path(1, 9), 2)).toEqual([3, 4]) // replaced
    expect(new GivenDraft(given).propose(path(1, 3), 2)).toEqual([4, 5]) // left out
    expect(new GivenDraft(given).propose(path(1, 9, 2), 2)).toEqual([3, 4]) // put in
    const draft = new GivenDraft(given)
    const first = path(1, 2)
    expect(draft.propose(first, 1)).toEqual([3])
    expect(draft.propose(extend(extend(first, 3, 0), 4, 0), 9)).toEqual([5, 6])
  })
})
