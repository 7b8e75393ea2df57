import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listFor } from '#dist/engine/decode/batch/shortlist.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { Translator } from '#dist/use/translate/translator.js'
import { nativeReasons } from '../../../backends.ts'
import { scratchFolder } from '../../../formats/raw-safetensors.ts'
import { marianFolder, quantizedOf, weightsOf } from './small-model.ts'

const scratch = scratchFolder()
const forms = { float32: weightsOf(), int8: quantizedOf(weightsOf(), { type: 0x4101 }) }
const texts = ['a b c', 'c defg', 'b', 'abc a hij']
const search = { maxTokens: 12 }

describe.each(nativeReasons.length ? ['js' as const] : ['js' as const, 'native' as const])('%s', (backend) => {
  describe.each(Object.entries(forms))('an SSRU decoder in %s', (name, items) => {
    const folder = marianFolder(join(scratch, `${backend}-${name}`), { items })
    const opened = Translator.load(folder, { backend, workers: 1, threads: 1 })
    afterAll(async () => (await opened).close())

    it('computes the scores of each hypothesis from its own past', async () => {
      const translator = await opened
      const found = translator.translateSync(texts, { ...search, beams: 5, alternatives: 5, shortlist: false })
      for (const [i, { alternatives }] of found.entries()) {
        expect(new Set(alternatives!.map(({ ids }) => ids.join())).size).toBe(5)
        const pairs = alternatives!.map(({ ids }) => ({ source: texts[i], target: ids }))
        const scored = await translator.score(pairs)
        alternatives!.forEach(({ tokenScores }, k) => {
          tokenScores.forEach((score, t) => expect(score).toBeCloseTo(scored[k].tokenScores[t], 4))
        })
      }
    })

    it('chooses only among the tokens of the shortlist, with one beam and with several', async () => {
      const translator = await opened
      const { shortlist } = loadFolder(folder)
      const all = translator.translateSync(texts, { ...search, beams: 4, alternatives: 4, shortlist: false })
      const few = translator.translateSync(texts, { ...search, beams: 4, alternatives: 4 })
      expect(few.map(({ text }) => text)).not.toEqual(all.map(({ text }) => text))
      for (const [i, text] of texts.entries()) {
        const { ids: source } = (await translator.inspect(text, { target: '' })).source
        const list = new Set(listFor(shortlist!, source, 0))
        for (const { ids } of [...few[i].alternatives!, translator.translateSync(text, search)])
          for (const id of ids) expect(list).toContain(id)
      }
    })

    it('streams what it translates', async () => {
      const translator = await opened
      for (const text of texts) {
        let streamed = ''
        for await (const piece of translator.stream(text, search)) streamed += piece.text
        expect(streamed).toBe(translator.translateSync(text, search).text)
      }
    })
  })
})
