import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { backendInfo, Translator } from '#dist/index.js'
import { backendNames, quickest } from './backend-names.ts'
import { lines } from './lines.ts'

const some = lines.slice(0, 12)

/**
 * Tolerance between the scores of a translation when it is found and when it is scored. With rounded weights, keys and
 * values are rounded too while a translation is generated, but not when it is scored: among a thousand sentences the
 * worst token differed by 0.03 in bfloat16 and 0.1 in int8.
 */
const closeness = { float32: 5e-4, bfloat16: 0.05, int8: 0.2, int4: 0.2 }

describe.each(backendNames)('%s', (backend) => {
  let exact: string[]
  beforeAll(async () => {
    await using translator = await Translator.load(undefined, { backend, precision: 'float32' })
    exact = (await translator.translate(some)).map(({ text }) => text)
  })

  describe.each(['float32', 'bfloat16', 'int8', 'int4'] as const)('%s', (precision) => {
    let translator: Translator
    beforeAll(async () => {
      translator = await Translator.load(undefined, { backend, precision })
    })
    afterAll(() => translator.close())

    it('follows the model and the backend', () => {
      expect(translator.model).toMatchObject({ precision, storedAs: 'int8' })
      expect(translator.backendInfo()).toMatchObject({ backend, precision })
    })

    it('translates nearly every sentence as float32 does', async () => {
      const same = (await translator.translate(some)).filter(({ text }, i) => text === exact[i])
      expect(same.length).toBeGreaterThanOrEqual(some.length - (precision === 'int4' ? 6 : 3))
    })

    it('is the same on the calling thread, in a stream, and when a translation is scored', async () => {
      const found = await translator.translate(some[0], { attention: true })
      expect(translator.translateSync(some[0], { attention: true })).toEqual(found)
      let streamed = ''
      for await (const { text } of translator.stream(some[0])) streamed += text
      expect(streamed).toBe(found.text)
      const [scored] = await translator.score([{ source: some[0], target: found.ids }])
      for (const [i, score] of found.tokenScores.entries())
        expect(Math.abs(scored.tokenScores[i] - score)).toBeLessThan(closeness[precision])
    })
  })
})

describe('precision', () => {
  it.each([
    ['int8', 'int8', embeddedFolder()],
    ['float16', 'float32', fileURLToPath(new URL('../../golden/hub/marian-f16/model', import.meta.url))],
  ])('of a model stored as %s is %s where nobody asks', async (storedAs, precision, folder) => {
    await using translator = await Translator.load(folder, { backend: quickest })
    expect(translator.model).toMatchObject({ storedAs, precision })
    expect(translator.backendInfo().precision).toBe(precision)
  })

  it('can be asked for without loading a model', () => {
    expect(backendInfo({ backend: 'js', precision: 'int8' }).precision).toBe('int8')
    expect(backendInfo({ backend: 'js' }).precision).toBe('auto')
  })
})
