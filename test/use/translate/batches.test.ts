import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { backendNames, quickest } from './backend-names.ts'
import { lines, tatoeba } from './lines.ts'

/** Small and large batches: if few tokens are in flight, sentences join the others midway. */
describe.each(backendNames)('%s: a translation does not depend on other sentences', (backend) => {
  const real = tatoeba(60)
  const all = [...(real.length ? real : lines), ...lines.slice(0, 4)].slice(0, backend === 'js' ? 8 : undefined)
  const alone = new Map<number, number[][]>()
  let translators: Translator[]
  beforeAll(async () => {
    translators = await Promise.all([
      Translator.load(undefined, { backend, workers: 2 }),
      Translator.load(undefined, { backend, workers: 1, batchTokens: 70 }),
    ])
    for (const beams of [1, 4]) {
      const ids: number[][] = []
      for (const line of all) ids.push((await translators[0].translate(line, { beams })).ids)
      alone.set(beams, ids)
    }
  })
  afterAll(() => Promise.all((translators ?? []).map((translator) => translator.close())))

  it('each sentence of a batch has the same tokens as alone', async () => {
    const indices = fc.array(fc.nat(all.length - 1), { minLength: 1, maxLength: backend === 'js' ? 4 : 40 })
    const request = fc.record({ indices, beams: fc.constantFrom(1, 4) })
    const requests = fc.array(request, { minLength: 1, maxLength: 3 })
    const property = fc.asyncProperty(requests, fc.nat(1), async (batches, which) => {
      const found = await Promise.all(
        batches.map(({ indices, beams }) =>
          translators[which].translate(
            indices.map((i) => all[i]),
            { beams },
          ),
        ),
      )
      batches.forEach(({ indices, beams }, b) =>
        expect(found[b].map(({ ids }) => ids)).toEqual(indices.map((i) => alone.get(beams)![i])),
      )
    })
    await fc.assert(property, { numRuns: backend === 'js' ? 3 : 20 })
  })
})

describe(`a translator with one worker, ${quickest}`, () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { backend: quickest, workers: 1 })
  })
  afterAll(() => translator.close())

  it('lets a short request overtake a long one', async () => {
    const finished: string[] = []
    const long = translator
      .translate(
        Array(quickest === 'js' ? 8 : 25)
          .fill(lines)
          .flat(),
        { beams: 2 },
      )
      .then(() => finished.push('long'))
    const short = translator.translate('Oui.').then(() => finished.push('short'))
    await Promise.all([long, short])
    expect(finished).toEqual(['short', 'long'])
  })

  it('lets requests of different options share its steps', async () => {
    const options = [{ beams: 1 }, { beams: 3 }, { beams: 3, renormalize: true }, { beams: 4, noRepeatNgram: 2 }]
    const alone: unknown[] = []
    for (const each of options) alone.push(await translator.translate(lines.slice(0, 4), each))
    const together = await Promise.all(options.map((each) => translator.translate(lines.slice(0, 4), each)))
    const ids = (found: unknown) => (found as { ids: number[] }[]).map((translation) => translation.ids)
    expect(together.map(ids)).toEqual(alone.map(ids))
  })
})

it(`short requests overtake long texts, as many as there are, ${quickest}`, async () => {
  const translator = await Translator.load(undefined, { backend: quickest, workers: 1, batchTokens: 100 })
  const finished: string[] = []
  const begin = async (text: string, name: string) => {
    await translator.translate(text, { beams: 1 })
    finished.push(name)
  }
  const text = Array(quickest === 'js' ? 10 : 200)
    .fill('Il fait froid ce matin. Où est la gare ?')
    .join(' ')
  await Promise.all([begin(text, 'long'), begin(text, 'long'), begin('Oui.', 'short'), begin('Non !', 'short')])
  expect(finished).toEqual(['short', 'short', 'long', 'long'])
  await translator.close()
})
