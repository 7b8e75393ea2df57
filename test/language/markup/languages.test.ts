import { describe, expect, test } from 'vitest'
import { type Parsing, parseDocument } from '#dist/language/markup/parse.js'
import { inCapitals } from './fake-translator.ts'

async function inEnglish(source: string, given: Partial<Parsing> = {}): Promise<string> {
  const languages = { source: 'fr', target: 'en' }
  const document = await parseDocument(source, { format: 'html', retranslate: false, languages, ...given })
  return document.translated(document.texts.map(inCapitals))
}

describe('a translated page says its language', () => {
  test.each([
    ['<html lang="fr"><body><p>un</p>', '<html lang="en"><body><p>UN</p>'],
    ["<html lang='fr-CA'><p lang=FR>un</p>", "<html lang='en'><p lang=en>UN</p>"],
    ['<html lang="fr"><p lang="de">ein</p>', '<html lang="en"><p lang="de">EIN</p>'],
    ['<html lang="nl"><p>un</p>', '<html lang="en"><p>UN</p>'],
    ['<p>un <i lang="fr">deux</i> trois <i lang="la">quatre</i> cinq</p>', undefined],
    ['<meta http-equiv="Content-Language" content="fr"><p>un</p>', undefined],
    ['<p>un</p>', '<p>UN</p>'],
  ])('%s', async (source, expected) => {
    const all = source.replace(/>([^<]+)/g, (words) => words.toUpperCase()).replace(/"fr"/, '"en"')
    expect(await inEnglish(source)).toBe(expected ?? all)
  })

  test('in XHTML and XML', async () => {
    const source =
      '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" lang="fr" xml:lang="fr"><body><p xml:lang="fr">un</p></body></html>'
    const expected = source.replaceAll('"fr"', '"en"').replace('>un<', '>UN<')
    expect(await inEnglish(source)).toBe(expected)
    expect(await inEnglish("<doc xml:lang='fr'><p xml:lang='la'>un</p></doc>", { format: 'xml' })).toBe(
      "<doc xml:lang='en'><p xml:lang='la'>UN</p></doc>",
    )
  })

  test('but a translation memory, whose texts stand beside each other, and a page whose translation has no known language', async () => {
    const memory =
      '<tmx version="1.4"><body><tu><tuv xml:lang="fr"><seg>1</seg></tuv><tuv xml:lang="en"><seg>1</seg></tuv></tu></body></tmx>'
    expect(await inEnglish(memory, { format: 'xml' })).toBe(memory)
    const unknown = { languages: undefined }
    expect(await inEnglish('<html lang="fr"><p>un</p>', unknown)).toBe('<html lang="fr"><p>UN</p>')
  })

  test('by its root, where the language of the source is not known', async () => {
    const languages = { target: 'en' }
    expect(await inEnglish('<html lang="fr"><p lang="fr">un<p lang="la">duo', { languages })).toBe(
      '<html lang="en"><p lang="en">UN<p lang="la">DUO',
    )
  })
})

describe('attributes that readers see or hear', () => {
  // A text between ⟦ and ⟧ is translated.
  test.each([
    '<img src="un.png" alt="⟦un chat⟧">',
    "<p title='⟦un chat⟧'>⟦deux⟧</p>",
    '<a href="/un" title="⟦un chat⟧" aria-label="⟦deux⟧">⟦trois⟧</a>',
    '<input placeholder="⟦un chat⟧" name="un"><input type="submit" value="⟦un⟧"><input type="text" value="un chat">',
    '<meta name="description" content="⟦un chat⟧"><meta property="og:title" content="⟦un⟧"><meta name="viewport" content="un">',
    '<p>⟦un⟧ <img alt="⟦un chat⟧" class="un"> ⟦deux⟧ <b title="⟦un chat⟧">⟦trois⟧</b> ⟦quatre⟧</p>',
    '<textarea placeholder="⟦un chat⟧">un chat</textarea>',
  ])('are translated: %s', async (marked) => {
    const expected = marked.replace(/⟦(.*?)⟧/g, (_, words: string) => words.toUpperCase())
    expect(await inEnglish(marked.replace(/[⟦⟧]/g, ''))).toBe(expected)
  })

  test('are written with the marks of their quotes escaped, and get quotes where they have none', async () => {
    const write = async (source: string) => {
      const document = await parseDocument(source, { format: 'html', retranslate: false })
      return document.translated(document.texts.map(() => ({ text: `a "b" 'c' <d> & e`, spans: [] })))
    }
    const escaped = 'a &quot;b&quot; &#39;c&#39; &lt;d&gt; &amp; e'
    expect(await write('<img alt=un>')).toBe(`<img alt="${escaped}">`)
    expect(await write("<img alt='un &eacute;t&eacute;'>")).toBe(`<img alt='${escaped}'>`)
  })

  test('are read with their entities as characters', async () => {
    const { texts } = await parseDocument('<img alt="l&#39;&eacute;t&eacute; &amp; moi">', {
      format: 'html',
      retranslate: false,
    })
    expect(texts).toEqual([{ text: "l'été & moi", spans: [] }])
  })

  test.each([
    '<div translate="no"><img alt="un chat"></div>',
    '<img alt="un chat" class="notranslate">',
    '<img alt=""><img alt><img alt="12"><img alt="IMG_1234.jpg">',
    '<p data-title="un chat" id="un" class="chat"></p>',
  ])('stay: %s', async (source) => {
    expect(await inEnglish(source)).toBe(source)
  })

  test('stay where the option is off, in Markdown as well', async () => {
    const source = '<p title="un"><img alt="deux"></p>'
    expect(await inEnglish(source, { attributes: false })).toBe(source)
    expect(await inEnglish(source, { format: 'markdown', attributes: false })).toBe(source)
    expect(await inEnglish(source, { format: 'markdown' })).toBe('<p title="UN"><img alt="DEUX"></p>')
  })
})

describe('readings of characters', () => {
  test.each([
    ['<p><ruby>un<rt>lu</rt></ruby></p>', '<p>UN</p>'],
    [
      '<p>un <ruby>deux<rp>(</rp><rt>lu</rt><rp>)</rp></ruby> et <b><ruby><rb>trois</rb><rt>lu</rt></ruby></b>.</p>',
      '<p>UN DEUX ET <b>TROIS</b>.</p>',
    ],
    ['<ruby>un<rt>lu<rt>lu</ruby> deux', 'UN DEUX'],
    ['<ruby translate="no">un<rt>lu</rt></ruby> deux', '<ruby translate="no">un<rt>lu</rt></ruby> DEUX'],
    ['<ruby>12<rt>douze</rt></ruby>', '<ruby>12<rt>douze</rt></ruby>'],
  ])('are dropped with the characters: %s', async (source, expected) => {
    expect(await inEnglish(source)).toBe(expected)
  })
})
