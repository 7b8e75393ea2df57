import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Encoder } from '#dist/use/encode/index.js'
import { differenceOf, type Golden, goldens, tensorsOf } from './golden-folders.ts'

// Shares by PyTorch's autograd: test/golden/encoders/make_shares.py.
const expectedShares = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../golden/encoders/shares.json', import.meta.url)), 'utf8'),
)

const using = async (golden: Golden, use: (encoder: Encoder) => Promise<void>) => {
  await using encoder = await Encoder.load(golden.model, { workers: 1, precision: 'float32' })
  await use(encoder)
}
const named = (name: string) => goldens.find((golden) => golden.name === name)!
const known = Object.keys(expectedShares).filter((name) => existsSync(named(name)?.model ?? ''))

it.each(known)('%s: shares of words are gradient × embedding of PyTorch', async (name) => {
  await using(named(name), async (encoder) => {
    const { texts, text, similarity, shares, labels, input_ids } = expectedShares[name]
    if (texts) {
      const found = await encoder.alike(texts[0], texts[1])
      expect(found.similarity).toBeCloseTo(similarity, 5)
      ;[found.first, found.second].forEach(({ tokens, words }, i) => {
        expect(tokens.map(({ id }) => id)).toEqual(input_ids[i])
        expect(
          differenceOf(
            tokens.map(({ share }) => share),
            shares[i],
          ),
        ).toBeLessThan(1e-3)
        expect(words.map(({ word }) => word.trim()).join('')).toBe(texts[i].replaceAll(' ', ''))
        const inWords = tokens.reduce((sum, one) => sum + (one.begin === undefined ? 0 : one.share), 0)
        expect(words.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(inWords, 5)
      })
      return
    }
    for (const [i, label] of encoder.model.labels.entries()) {
      const found = await encoder.attribute(text, { label })
      expect(found.logit).toBeCloseTo(labels[i].logit, 3)
      expect(
        differenceOf(
          found.tokens.map(({ share }) => share),
          labels[i].shares,
        ),
      ).toBeLessThan(1e-3)
    }
    const [likeliest] = await encoder.classify(text)
    expect((await encoder.attribute(text)).label).toBe(likeliest.label)
    await expect(encoder.attribute(text, { label: 'none of them' })).rejects.toMatchObject({ code: 'ERR_OPTION' })
  })
})

it('inspect shows tokens, states, attention, neurons and pooling of a text, whose vector is that of embed', async () => {
  const golden = named('st-dense')
  await using(golden, async (encoder) => {
    const text = golden.cases[0].text
    const found = await encoder.inspect(text)
    const n = golden.cases[0].input_ids.length
    expect(found.tokens.map(({ id }) => id)).toEqual(golden.cases[0].input_ids)
    const word = found.tokens.find(({ begin }) => begin !== undefined)!
    expect(text.slice(word.begin, word.end).toLowerCase()).toBe(word.token)
    expect(differenceOf(found.vector, await encoder.embed(text))).toBeLessThan(1e-6)
    const { layers, heads, dModel, dFeedForward } = encoder.model.config
    expect(found.hidden.map(({ length }) => length)).toEqual(new Array(layers + 1).fill(n * dModel))
    expect(found.neurons.map(({ length }) => length)).toEqual(new Array(layers).fill(n * dFeedForward))
    for (const weights of found.attentions) {
      expect(weights.length).toBe(heads * n * n)
      for (let row = 0; row < heads * n; row++)
        expect(weights.slice(row * n, (row + 1) * n).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4)
    }
    expect(found.pooling).toEqual([
      { kind: 'cls', shares: Float32Array.from({ length: n }, (_, i) => Number(i === 0)) },
    ])
    const last = tensorsOf(golden)('last_hidden_state.0')
    if (last) expect(differenceOf(found.hidden[layers], last)).toBeLessThan(1e-4)
  })
})

it('attention without a gradient is refused, and says what can be looked at', async () => {
  await using(named('deberta-v3-nli'), async (encoder) => {
    await expect(encoder.attribute({ text: 'It rains.', pair: 'It is wet.' })).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED',
    })
    expect((await encoder.inspect({ text: 'It rains.', pair: 'It is wet.' })).tokens.at(-2)?.text).toBe(1)
  })
})
