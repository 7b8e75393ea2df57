import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Charsmap } from '#dist/language/text/sentencepiece/charsmap.js'
import { Normalizer } from '#dist/language/text/sentencepiece/normalizer.js'
import { buildDoubleArray } from '#dist/learn/train/vocabulary/double-array.js'
import { type Normalization, normalizerSpec } from '#dist/learn/train/vocabulary/normalization.js'

/** The result of a normalizer for a text, without its leading ▁. */
function normalizes(normalization: Normalization): (text: string) => string {
  const normalizer = new Normalizer({ ...normalizerSpec(normalization), escapeWhitespaces: false }, false, null)
  return (text) => {
    normalizer.normalize(`|${text}|`)
    const { bytes, length } = normalizer
    return Buffer.from(bytes.subarray(0, length)).toString().slice(2, -1)
  }
}

/** A charsmap of these rules. */
function charsmapOf(keys: string[], replacementOf: (key: string) => number): Charsmap {
  const sorted = keys.map((key) => Buffer.from(key)).sort(Buffer.compare)
  const units = buildDoubleArray(
    sorted,
    sorted.map((key) => replacementOf(key.toString())),
  )
  const blob = Buffer.alloc(4 + 4 * units.length + 1024)
  blob.writeUInt32LE(4 * units.length)
  for (const [k, unit] of units.entries()) blob.writeInt32LE(unit, 4 + 4 * k)
  return new Charsmap(blob)
}

describe('buildDoubleArray', () => {
  const key = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', 'é', '語', '\u{1f600}'), minLength: 1, maxLength: 6 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
  )

  it('finds the longest key of every text, and its value', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 60 }), fc.array(key, { maxLength: 20 }), (keys, texts) => {
        const usable = keys.filter((k) => !k.includes('\0') && k.isWellFormed())
        const replacementOf = (k: string) => (usable.indexOf(k) * 7) % 1000
        const charsmap = charsmapOf(usable, replacementOf)
        for (const text of [...texts, ...usable.map((k) => `${k}x`)]) {
          const bytes = Buffer.from(text)
          const prefixes = usable.filter((k) => Buffer.from(k).equals(bytes.subarray(0, Buffer.byteLength(k))))
          const longest = prefixes.reduce((a, b) => (Buffer.byteLength(b) > Buffer.byteLength(a) ? b : a), '')
          expect(charsmap.longest(bytes, 0, bytes.length)).toBe(Buffer.byteLength(longest))
          if (longest !== '') expect(charsmap.replacement).toBe(replacementOf(longest))
        }
      }),
    )
  })

  it('stores children once if everything below is equal', () => {
    const tails = Array.from({ length: 200 }, (_, k) => String.fromCodePoint(0x4e00 + 37 * k))
    const one = buildDoubleArray(
      tails.map((tail) => Buffer.from(`a${tail}`)).sort(Buffer.compare),
      new Array(200).fill(1),
    )
    const keys = tails.flatMap((tail) => ['a', 'b', 'c'].map((head) => Buffer.from(head + tail))).sort(Buffer.compare)
    expect(buildDoubleArray(keys, new Array(600).fill(1)).length).toBe(one.length)
  })

  it('has complete blocks of 256 units and a root that leads away from itself, as SentencePiece demands', () => {
    const units = buildDoubleArray([Buffer.from('\u0001')], [5])
    expect(units.length % 256).toBe(0)
    expect(units[0] >>> 10).toBeGreaterThan(0)
  })
})

describe('normalizerSpec', () => {
  const nmt = normalizes('nmt_nfkc')

  it('nmt_nfkc maps every character as Unicode says, except spaces, control characters and the wave dash', () => {
    const others: string[] = []
    for (let point = 1; point < 0x20000; point++) {
      if (point >= 0xd800 && point < 0xe000) continue
      const character = String.fromCodePoint(point)
      const expected = character.normalize('NFKC')
      if (!/\s/.test(expected) && nmt(character) !== expected) others.push(point.toString(16))
    }
    expect(others.join(' ')).toBe(
      '1 2 3 4 5 6 7 8 e f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 7f 8f 9f 61c 200b 200c 200e 200f 2581 ff5e fffd',
    )
  })

  it('nmt_nfkc composes every character from its parts', () => {
    const wrong: string[] = []
    for (let point = 0xa0; point < 0x30000; point++) {
      if (point >= 0xd800 && point < 0xe000) continue
      const character = String.fromCodePoint(point)
      const decomposed = character.normalize('NFD')
      if (decomposed === character || /\s/.test(decomposed)) continue
      if (nmt(decomposed) !== decomposed.normalize('NFKC')) wrong.push(point.toString(16))
    }
    expect(wrong).toEqual([])
  })

  it.each(['e\u0302\u0301', '\u00ea\u0301', '\u1ebf'])(
    'nmt_nfkc composes %j, whatever is composed of it already',
    (spelling) => {
      expect(nmt(spelling)).toBe('\u1ebf')
    },
  )

  // The result of SentencePiece 0.2.3.
  it.each([
    ['ﾃﾞｰﾀﾍﾞｰｽ', 'データベース'],
    ['ﾊﾟｿｺﾝ', 'パソコン'],
    ['ﾃ\u3099 テﾞ テ\u3099', 'デ デ デ'],
    ['ｳﾞ ｦ ﾟ', 'ヴ ヲ \u309a'],
  ])('nmt_nfkc composes halfwidth katakana: %j', (spelling, composed) => expect(nmt(spelling)).toBe(composed))

  it('nmt_nfkc makes invisible spaces plain ones', () => {
    for (const point of [0x200b, 0x200c, 0x200e, 0x200f, 0x061c, 0xfeff, 0xfffd, 0x2581, 0x9, 0xa, 0xd, 0x3000, 0xa0])
      expect(nmt(`a${String.fromCodePoint(point)}b`), point.toString(16)).toBe('a b')
  })

  it('nmt_nfkc removes control characters, and keeps joiners, soft hyphens and the wave dash', () => {
    for (const point of [0x1, 0x8, 0xb, 0xe, 0x1f, 0x7f, 0x8f, 0x9f])
      expect(nmt(`a${String.fromCodePoint(point)}b`), point.toString(16)).toBe('ab')
    for (const kept of ['\u200d', '\u00ad', '\u0085', '\uff5e']) expect(nmt(`a${kept}b`)).toBe(`a${kept}b`)
  })

  it('nmt_nfkc_plain maps apostrophes, quotation marks and hyphens to those of a keyboard, and otherwise equals nmt_nfkc', () => {
    const plain = normalizes('nmt_nfkc_plain')
    expect(plain('n’avons ‘tu’ n´ai 5′ ‚tu‛ ʼn')).toBe("n'avons 'tu' n'ai 5' 'tu' 'n")
    expect(plain('“oui” „ja‟ 5″ \u2018\u0301')).toBe('"oui" "ja" 5" \'\u0301')
    expect(plain('peut\u2010être peut\u2011être')).toBe('peut-être peut-être')
    expect(plain('\u0149 5\u2034')).toBe("'n 5'''") // what NFKC makes of them has ʼ and ′
    expect(plain('« – — … » ‹ › ﬁ e\u0301\u200bé')).toBe('« – — ... » ‹ › fi é é')
    const changed: string[] = []
    for (let point = 1; point < 0x30000; point++) {
      if (point >= 0xd800 && point < 0xe000) continue
      const character = String.fromCodePoint(point)
      if (plain(character) !== nmt(character)) changed.push(point.toString(16))
    }
    expect(changed.join(' ')).toBe('b4 149 2bc 2010 2011 2018 2019 201a 201b 201c 201d 201e 201f 2032 2033 2034 2057')
  })
})
