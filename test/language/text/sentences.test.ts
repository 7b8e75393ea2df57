import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinSentences, splitSentences } from '#dist/language/text/sentences/sentences.js'
import { lines } from './golden.ts'

describe('splitSentences', () => {
  it('cuts a text into sentences and keeps the white space between them', () => {
    expect(splitSentences('  Il pleut.  Je reste ici !\n\n\tEt toi ? ')).toEqual({
      sentences: ['Il pleut.', 'Je reste ici !', 'Et toi ?'],
      spaces: ['  ', '  ', '\n\n\t', ' '],
    })
  })

  it('ends a sentence at the end of a line', () => {
    expect(splitSentences('Titre\r\nUn texte')).toEqual({ sentences: ['Titre', 'Un texte'], spaces: ['', '\r\n', ''] })
  })

  it.each(['', ' ', '\n\n\t \u00a0'])('finds no sentence in %j, and keeps it', (text) => {
    expect(splitSentences(text)).toEqual({ sentences: [], spaces: [text] })
  })

  it('knows sentences of other scripts', () => {
    expect(splitSentences('你好。再见。', 'zh').sentences).toEqual(['你好。', '再见。'])
    expect(splitSentences('مرحبا؟ نعم.', 'ar').sentences).toEqual(['مرحبا؟', 'نعم.'])
  })

  it('does not cut at a decimal point or before a small letter', () => {
    expect(splitSentences('Il a 3.5 km, env. la moitié. Bien.').sentences).toHaveLength(2)
  })

  it('gives every text back when joined', () => {
    const white = fc.string({
      unit: fc.constantFrom(' ', '\n', '\r\n', '\t', '.', '! ', 'A', 'é', '😀', '\u2029', '\ufeff'),
    })
    fc.assert(
      fc.property(fc.oneof(white, fc.string({ unit: 'binary' }), fc.constantFrom(...lines)), (text) => {
        const { sentences, spaces } = splitSentences(text)
        expect(joinSentences(sentences, spaces)).toBe(text)
        for (const sentence of sentences) expect(sentence).toBe(sentence.trim())
        for (const space of spaces) expect(space).toMatch(/^[\p{White_Space}\p{Cc}\ufeff]*$/u)
        expect(sentences).not.toContain('')
      }),
      { numRuns: 500 },
    )
  })

  it('cuts a long text where Intl.Segmenter does, but for quotations and initials', () => {
    const plain = lines.slice(60, 335).filter((line) => !/[«»"“”]|\p{Lu}\./u.test(line))
    expect(plain.length).toBeGreaterThan(200)
    const text = `${plain.join(' ')}\n${plain.join('\n\n')}`
    const segments = new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)
    const expected = Array.from(segments, ({ segment }) => segment.trim()).filter((segment) => segment !== '')
    expect(splitSentences(text).sentences).toEqual(expected)
  })

  it.each(['fr', 'el'])('finds every end mark that Intl.Segmenter finds, in %s', (locale) => {
    const segmenter = new Intl.Segmenter(locale, { granularity: 'sentence' })
    const found: string[] = []
    for (let code = 0x21; code < 0x3100; code++) {
      const text = `Oui${String.fromCharCode(code)} Non`
      if ([...segmenter.segment(text)].length < 2) continue
      found.push(text)
      expect(splitSentences(text, locale).sentences, `U+${code.toString(16)}`).toHaveLength(2)
    }
    expect(found).toContain('Oui. Non')
    expect(found.includes('Oui; Non')).toBe(locale === 'el')
  })

  it('cuts a long text there at any place of the sentence', () => {
    for (let length = 900; length < 1100; length++) {
      const before = `${'a'.repeat(length)}. `
      const { sentences } = splitSentences(`${before}Voir p. 12 à 14. ${'Oui. '.repeat(100)}`)
      expect(sentences.slice(0, 2), `${length}`).toEqual([before.trim(), 'Voir p. 12 à 14.'])
    }
  })

  // Quadratic time would exceed the timeout of a test.
  it.each(['a', ' ', '\n', 'Oui. ', 'a '])('takes a megabyte of %j in near-linear time', (part) => {
    const text = part.repeat(1_000_000 / part.length)
    const { sentences, spaces } = splitSentences(text)
    expect(joinSentences(sentences, spaces)).toBe(text)
  })

  it('puts translations where the sentences were', () => {
    const { spaces } = splitSentences('- Oui.\n  Non. ')
    expect(joinSentences(['- Yes.', 'No.'], spaces)).toBe('- Yes.\n  No. ')
    expect(() => joinSentences(['Yes.'], spaces)).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })

  it("cuts by the rules of 'en' if the engine does not know the locale, and ignores the locale of the machine", () => {
    const code = `import { splitSentences } from ${JSON.stringify(new URL('../../../dist/language/text/sentences/sentences.js', import.meta.url))}
      const lengths = ['el', 'romance'].map((locale) => splitSentences('Τι κάνεις; Καλά.', locale).sentences.length)
      console.log(...lengths)`
    const env = { ...process.env, LC_ALL: 'el_GR.UTF-8' }
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { env, encoding: 'utf8' })
    expect(stdout).toBe('2 1\n')
  })

  it('refuses a wrong locale with an example', () => {
    expect(() => splitSentences('a', 'fr_FR!')).toThrow(/locale: "fr_FR!" is not a BCP 47 language tag/)
  })
})
