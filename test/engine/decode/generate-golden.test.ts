import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { resolveGenerate } from '#dist/use/translate/options/generate-settings.js'
import { backends } from '../../backends.ts'
import { sharedFolder } from '../../shared-folder.ts'

/** Results of generate() of Hugging Face transformers on small random models of every family, setting by setting. */
const copied = fileURLToPath(new URL('../../golden/hub', import.meta.url))
const folders = sharedFolder ? `${sharedFolder}/golden/hub` : copied
const families = readdirSync(folders, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`${folders}/${entry.name}/expected.json`))
  .map(({ name }) => name)

interface Case {
  name: string
  settings: Record<string, unknown> & { decoder_input_ids?: number[][] }
  sentences: number[]
  /** [sentence][n-best] of ids, the start included. */
  sequences: number[][][]
  sequences_scores?: number[][]
  transition_scores?: number[][][]
  /** The result for a single sentence, if the padding of its batch mattered. */
  alone?: Record<number, { sequences: number[][]; sequences_scores?: number[] }>
}

interface Expected {
  input_ids: number[][]
  lengths: number[]
  cases: Case[]
}

/**
 * The best instruction set runs all cases, JavaScript runs all with a third of the sentences, and the others run a few
 * cases of the families that have all kinds of layers.
 */
const [js, best] = [backends[0], backends[backends.length - 1]]
const EVERYWHERE = ['bart', 't5']
const FEW = /^(defaults|greedy|beam4)(-prefix|-all-together|-encoder-repetition-penalty|-two-eos)?$/

// The copies in test/ have no cases of generate.
describe.skipIf(!sharedFolder).each(families)('%s', (family) => {
  const folder = `${folders}/${family}`
  const model = loadFolder(`${folder}/model`, { precision: 'float32' })
  const expected: Expected = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'))
  const sources = expected.input_ids.map((ids, i) => ids.slice(0, expected.lengths[i]))

  describe.each(EVERYWHERE.includes(family) ? backends : [js, best])('$name', (backend) => {
    const isWhole = backend === js || backend === best
    const cases = isWhole ? expected.cases : expected.cases.filter(({ name }) => FEW.test(name))
    /** The results for a case's sentences, by index; sentences that are not run are left out. */
    const found = new Map<Case, Map<number, Found[]>>()

    /** All cases share one batch: the other sentences in it do not change a sentence. */
    beforeAll(() => {
      const player = backend.make()
      const generator = new Generator(player, model.weights, { batchTokens: 4096 })
      for (const [n, each] of cases.entries()) {
        const results = new Map<number, Found[]>()
        found.set(each, results)
        for (const [i, settings] of settingsOf(each).entries()) {
          if (backend === js && (i + n) % 3 && each.sentences.length > 1) continue
          const { assistant: _, ...search } = settings
          generator.add({ ...search, source: sources[each.sentences[i]], done: (list) => results.set(i, list) })
        }
      }
      while (generator.busy) generator.step()
      player.close()
    })

    const settingsOf = ({ settings, sentences }: Case) => {
      const { decoder_input_ids: prompts, ...others } = settings
      const given = { ...others, ...(prompts && { decoder_input_ids: sentences.map((i) => prompts[i]) }) }
      return resolveGenerate(
        given,
        sentences.map((i) => sources[i]),
        { ...model, hasTokenizer: false },
      ).sources
    }

    it.each(cases)('$name', (each) => {
      const { sentences, sequences, sequences_scores, transition_scores } = each
      const begins = settingsOf(each).map(({ begin }) => begin)
      expect(found.get(each)!.size).toBeGreaterThan(0)
      found.get(each)!.forEach((list, i) => {
        const alone = each.alone?.[sentences[i]]
        const scores = alone ? alone.sequences_scores : sequences_scores?.[i]
        const steps = alone ? undefined : transition_scores?.[i]
        expect(list.map(({ ids }) => [...begins[i], ...ids])).toEqual(alone?.sequences ?? sequences[i])
        if (scores) list.forEach(({ score }, n) => expect(Math.abs(score - scores[n])).toBeLessThan(1e-3))
        steps?.forEach((wanted, n) =>
          wanted.forEach((score, t) => expect(Math.abs(list[n].scores[t] - score)).toBeLessThan(1e-3)),
        )
      })
    })
  })
})
