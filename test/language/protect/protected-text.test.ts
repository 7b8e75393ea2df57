import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { foundSpans } from '#dist/language/protect/found.js'
import { placed } from '#dist/language/protect/placement.js'
import { ProtectedText } from '#dist/language/protect/protected-text.js'
import { splitLines } from '#dist/language/text/sentences/lines.js'
import { splitSentences } from '#dist/language/text/sentences/sentences.js'

const all = { unmistakable: true, own: [] }
const protectedText = (text: string) => new ProtectedText(text, foundSpans({ text, spans: [] }, all))

describe('a text in which parts must not change', () => {
  test('is read without tags, with one stand-in for a unit and what is glued to it', () => {
    const [sentence] = protectedText('Un <b>m</b>ot, {a}{b} et v{n}px: %d/%d.').sentences(splitLines('x')).sentences
    expect(sentence).toBeDefined()
    const read = (text: string, standIns: string[]) => {
      const whole = protectedText(text)
      return whole.sentences(splitSentences(whole.plain)).sentences.map((each) => each.read(standIns).text)
    }
    expect(read('Un <b>m</b>ot, {a}{b} et v{n}px: %d/%d.', ['A', 'B', 'C'])).toEqual(['Un mot, A et B: C.'])
    expect(read("L'{x} est <i>là</i>&nbsp;!", ['A'])).toEqual(["L'A est là !"])
    expect(read('Un<br>deux</p><p>trois', [])).toEqual(['Un', 'deux', 'trois'])
  })

  test('is never cut within a span', () => {
    const text = 'Voir https://a.fr/b.c?d. Le mot x. Y. Il part. <b>Oui. Non.</b> {z} est là.'
    const start = text.indexOf('x. Y.')
    const given = { text, spans: [{ start, end: start + 5, kind: 'copy' as const }] }
    const whole = new ProtectedText(text, foundSpans(given, all))
    const { sentences } = whole.sentences(splitSentences(whole.plain))
    expect(sentences.map(({ text }) => text)).toEqual([
      'Voir https://a.fr/b.c?d.',
      'Le mot x. Y. Il part.',
      'Oui.',
      'Non.',
      '{z} est là.',
    ])
  })

  test('keeps tags around sentences outside of them, and those that end within a sentence inside', () => {
    const whole = protectedText('<p><i><b>Un</b> mot. Deux</i> mots.</p>\n<hr>')
    const { sentences, around } = whole.sentences(splitSentences(whole.plain))
    expect(sentences.map(({ text }) => text)).toEqual(['<b>Un</b> mot.', 'Deux</i> mots.'])
    expect(around.map(({ text }) => text)).toEqual(['<p><i>', ' ', '</p>\n<hr>'])
  })

  const parts = [
    'un',
    'deux',
    'l’ami',
    ' ',
    ' ',
    '. ',
    ', ',
    '!',
    '\n',
    '{a}',
    '{b}',
    '%s',
    '%d',
    'https://a.fr/b',
    'a@b.fr',
  ]
  const tags = ['<b>', '</b>', '<i x="1">', '</i>', '<br>', '&nbsp;', '<x/>', '<p>', '</p>', '&eacute;']
  const texts = fc.array(fc.constantFrom(...parts, ...tags), { maxLength: 25 }).map((list) => list.join(''))

  it('has all spans whole, once and in order in any output of a model', () => {
    const property = fc.property(texts, fc.infiniteStream(fc.nat(1000)), (text, stream) => {
      const random = () => stream.next().value! / 1000
      const spans = foundSpans({ text, spans: [] }, all)
      const whole = new ProtectedText(text, spans)
      const { sentences, around } = whole.sentences(splitSentences(whole.plain))
      let [out, places] = [around[0].text, around[0].spans.map((span) => ({ ...span }))]
      sentences.forEach((sentence, i) => {
        const units = sentence.items.map(({ kind }) => kind === 'copy' && random() < 0.7)
        const words: string[] = []
        const anchors = units.map((isThere) => {
          while (random() < 0.6) words.push(random() < 0.2 ? '.' : 'word')
          return isThere ? words.push('X') - 1 : -1
        })
        while (random() < 0.5) words.push('end')
        const joined = words.join(' ')
        let at = 0
        const ranges = words.map((word) => {
          const start = joined.indexOf(word, at)
          at = start + word.length
          const shares = Array.from({ length: units.length + 1 }, random)
          return { start, end: at, speaks: word !== '.', shares, isDropped: false }
        })
        const translated =
          random() < 0.1 ? sentence.unchanged() : sentence.restored({ text: joined, words: ranges, anchors })
        for (const part of [translated, around[i + 1]]) {
          places.push(
            ...part.spans.map((span) => ({ ...span, start: span.start + out.length, end: span.end + out.length })),
          )
          out += part.text
        }
      })
      expect(places.map(({ source }) => source)).toEqual(spans.map(({ start, end }) => ({ start, end })))
      places.forEach(({ start, end, source }, i) => {
        expect(out.slice(start, end)).toBe(text.slice(source.start, source.end))
        if (i > 0) expect(start).toBeGreaterThanOrEqual(places[i - 1].end)
      })
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test('puts white space where it belongs', () => {
    const [sentence] = (() => {
      const whole = protectedText('Un <b>petit</b> {n} <i>mot</i>&nbsp;!')
      return whole.sentences(splitSentences(whole.plain)).sentences
    })()
    const texts = 'A little word !'.split(' ')
    const ranges = [0, 2, 9, 14].map((start, w) => ({
      start,
      end: start + texts[w].length,
      speaks: w < 3,
      isDropped: false,
      shares: Array.from({ length: 7 }, (_, k) => Number(k === [0, 1, 4, 6][w])),
    }))
    const { text } = sentence.restored({ text: 'A little word !', words: ranges, anchors: [-1, -1, -1, -1, -1, -1] })
    expect(text).toBe('A <b>little</b> {n} <i>word</i>&nbsp;!')
  })
})

describe('the places of items', () => {
  const segments = fc.array(fc.record({ context: fc.constantFrom('', 'a'), isFilled: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  })
  const words = fc.array(
    fc.record({
      speaks: fc.boolean(),
      shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
    }),
    { maxLength: 5 },
  )

  it('are the best of all that keep the order', () => {
    const property = fc.property(words, segments, (words, segments) => {
      const anchors = segments.slice(1).map(() => -1)
      const gain = (w: number, k: number) => {
        const { shares, speaks } = words[w]
        const same = segments.reduce(
          (sum, { context }, j) => sum + (context === segments[k].context ? shares[j] : 0),
          0,
        )
        const way = 0.02 * Math.abs((k + 0.5) / segments.length - (w + 0.5) / words.length)
        return (speaks ? 1 : 0.5) * (shares[k] + 0.5 * same) - way
      }
      const score = (places: readonly number[]) => {
        const segmentOf = (w: number) => places.filter((place) => place <= w).length
        const fills = segments.every(
          ({ isFilled }, k) => !isFilled || words.some((each, w) => each.speaks && segmentOf(w) === k),
        )
        return { fills, sum: words.reduce((sum, _, w) => sum + gain(w, segmentOf(w)), 0) }
      }
      let possible: number[][] = [[]]
      for (const _ of anchors)
        possible = possible.flatMap((places) =>
          Array.from({ length: words.length + 1 }, (_, w) => w).flatMap((w) =>
            w >= (places.at(-1) ?? 0) ? [[...places, w]] : [],
          ),
        )
      const scores = possible.map(score)
      const allowed = scores.some(({ fills }) => fills) ? scores.filter(({ fills }) => fills) : scores
      const chosen = score(placed(words, segments, anchors))
      expect(chosen.fills || !scores.some(({ fills }) => fills)).toBe(true)
      expect(chosen.sum).toBeCloseTo(Math.max(...allowed.map(({ sum }) => sum)), 9)
    })
    fc.assert(property, { numRuns: 500 })
  })
})
