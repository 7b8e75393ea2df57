import { afterAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import { documentBytes, documents, filesOf, formatOf, translated } from './package.ts'

/** A part without its words: what a translation must leave as it is. */
const withoutWords = (xml: string) => xml.replace(/>[^<>]*</g, '><').replace(/ (?:descr|title|alt)="[^"]*"/g, '')

const textOf = async (bytes: Uint8Array, part: string) => (await filesOf(bytes)).get(part)!.toString()

describe('documents of LibreOffice and pandoc', () => {
  for (const name of documents)
    test(`${name} keeps everything but its words, and other files byte for byte`, async () => {
      const before = await filesOf(documentBytes(name))
      const after = await filesOf(await translated(documentBytes(name), formatOf(name)))
      expect([...after.keys()]).toEqual([...before.keys()])
      let changed = 0
      for (const [part, bytes] of after) {
        if (bytes.equals(before.get(part)!)) continue
        changed++
        expect(part).toMatch(/\.(?:xml|xhtml|ncx)$/)
        if (/^(?:rapport\.odt|.*\.od[ps]|.*\.epub)$/.test(name))
          expect(withoutWords(bytes.toString())).toBe(withoutWords(before.get(part)!.toString()))
      }
      expect(changed).toBeGreaterThan(0)
    })

  test('a document whose words stay the same says the same', async () => {
    for (const name of documents) {
      const words = (xml: string) => xml.replace(/<[^>]*>/g, '')
      const before = await filesOf(documentBytes(name))
      const after = await filesOf(await translated(documentBytes(name), formatOf(name), (same) => same))
      for (const [part, bytes] of after) expect(words(bytes.toString())).toBe(words(before.get(part)!.toString()))
    }
  })
})

describe('with the embedded model', () => {
  let translator: Translator | undefined
  afterAll(() => translator?.close())
  const english = async (name: string, part: string) => {
    translator ??= await Translator.load()
    return textOf(await translator.translateDocument(documentBytes(name), { format: formatOf(name) }), part)
  }

  test('.docx: styles, links and notes stand around the words that they belong to', async () => {
    const xml = await english('rapport.docx', 'word/document.xml')
    expect(xml).toMatch(/<w:b\/><\/w:rPr><w:t xml:space="preserve">(?:black )?cat<\/w:t>/)
    expect(xml).toMatch(
      /<w:hyperlink r:id="rId\d+"><w:r>(?:(?!<w:r>).)*>the red (?:sofa|couch)<\/w:t><\/w:r><\/w:hyperlink>/,
    )
    expect(xml).toMatch(
      />last night<\/w:t><\/w:r><w:r>(?:(?!<w:t).)*<w:t xml:space="preserve">\.<\/w:t><\/w:r><w:r>(?:(?!<w:t).)*<w:footnoteReference w:id="2"\/>/,
    )
    expect(xml).toContain('Last name:</w:t><w:tab/>')
    expect(xml).toMatch(/with a (?:comment )?&amp; sign\./)
    expect(await english('rapport.docx', 'word/footnotes.xml')).toContain('>old</w:t>')
    expect(await english('rapport.docx', 'word/comments.xml')).toContain('This sentence is too short.')
    expect(await english('rapport.docx', 'word/header1.xml')).toContain('The museum of the city')
  })

  test('.odt: spans, links, notes within sentences, alternative texts', async () => {
    const xml = await english('rapport.odt', 'content.xml')
    expect(xml).toMatch(
      />(?:black )?cat<\/text:span> is sleeping on <text:a [^>]*>(?:<text:span[^>]*>)?the red (?:sofa|couch)/,
    )
    expect(xml).toMatch(/<text:note .*This cat is very <text:span[^>]*>old<\/text:span>\..*<\/text:note> He doesn/)
    expect(xml).toMatch(/<svg:desc>[^<]*\btext<\/svg:desc>/)
    expect(await english('rapport.odt', 'styles.xml')).toMatch(/We're on page <text:page-number/)
  })

  test('.xlsx and .ods: cells and comments, not numbers, formulas and their results', async () => {
    const strings = await english('prix.xlsx', 'xl/sharedStrings.xml')
    expect(strings).toMatch(/<b val="true"\/>.*(?:big|large)<\/t>.*<\/si>/)
    expect(await english('prix.xlsx', 'xl/worksheets/sheet1.xml')).toBe(
      await textOf(documentBytes('prix.xlsx'), 'xl/worksheets/sheet1.xml'),
    )
    expect(await english('prix.xlsx', 'xl/comments1.xml')).toMatch(/price/)
    const sheet = await english('prix.ods', 'content.xml')
    expect(sheet).toContain('<text:p>trop cher</text:p>')
    expect(sheet).toContain('<text:p>The price</text:p>')
  })

  test('.pptx and .odp: slides and their notes', async () => {
    expect(await english('visite.pptx', 'ppt/slides/slide1.xml')).toMatch(/<a:rPr b="1".*>(?:the )?big museum<\/a:t>/)
    expect(await english('visite.odp', 'content.xml')).toMatch(/at noon<\/text:span> in the garden\./)
  })

  test('.epub: pages, and labels of the contents', async () => {
    const page = await english('livre.epub', 'EPUB/text/ch001.xhtml')
    expect(page).toMatch(/The <strong>black<\/strong> cat/)
    expect(page).toMatch(/<a href="http:\/\/example.org\/x">(?:the )?red (?:sofa|couch)<\/a>/)
  })

  test('PDF, old formats and other packages are refused with advice', async () => {
    translator ??= await Translator.load()
    const refused = (bytes: Uint8Array, format: 'docx' | 'odt') =>
      expect(translator!.translateDocument(bytes, { format })).rejects
    await refused(Buffer.from('%PDF-1.7 …'), 'docx').toThrow(
      /^a PDF has letters at places of pages.*convert it to \.docx/,
    )
    await refused(Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'docx').toMatchObject({ code: 'ERR_INPUT' })
    await refused(documentBytes('prix.xlsx'), 'docx').toThrow('this is no .docx, but a .xlsx')
    await refused(documentBytes('prix.ods'), 'odt').toThrow('this is no .odt: it says that it is application/vnd.oasis')
    await refused(Buffer.from('Bonjour'), 'docx').toMatchObject({ code: 'ERR_INPUT' })
    await expect(translator!.translateDocument(Buffer.from('x'), { format: 'pdf' as never })).rejects.toMatchObject({
      code: 'ERR_OPTION',
    })
  })

  test('texts in bytes keep their encoding', async () => {
    translator ??= await Translator.load()
    const strings = Buffer.from('\ufeff"a" = "Bonjour";\n', 'utf16le')
    const english = await translator.translateDocument(strings, { format: 'strings' })
    expect(Buffer.from(english).toString('utf16le')).toBe('\ufeff"a" = "Hello";\n')
    const yaml = await translator.translateDocument(Buffer.from('a: Bonjour # un\n'), { format: 'yaml' })
    expect(Buffer.from(yaml).toString()).toBe('a: Hello # un\n')
  })
})

describe('a target that is written from right to left', () => {
  const turned = async (name: string, part: string) =>
    textOf(await translated(documentBytes(name), formatOf(name), undefined, { isTurned: true }), part)

  test('gives paragraphs, runs, tables, sheets and pages their direction', async () => {
    const word = await turned('rapport.docx', 'word/document.xml')
    expect(word).not.toMatch(/<w:bidi w:val="0"\/>/)
    expect(word.match(/<w:pPr>(?:(?!<\/w:pPr>).)*<w:bidi\/>/g)?.length).toBeGreaterThan(8)
    expect(word).toMatch(/<w:rtl\/><\/w:rPr><w:t /)
    expect(word).toContain('<w:bidiVisual/>')
    expect(await turned('visite.pptx', 'ppt/slides/slide1.xml')).toMatch(/<a:pPr[^>]* rtl="1"/)
    expect(await turned('prix.xlsx', 'xl/worksheets/sheet1.xml')).toMatch(/<sheetView [^>]*rightToLeft="1"/)
    expect(await turned('rapport.odt', 'styles.xml')).toMatch(/style:writing-mode="rl-tb"/)
    expect(await turned('livre.epub', 'EPUB/text/ch001.xhtml')).toMatch(/<html [^>]*dir="rtl"/)
  })
})

test('properties of a document are translated by choice', async () => {
  const title = async (properties: boolean) =>
    textOf(await translated(documentBytes('rapport.odt'), 'odt', undefined, { properties }), 'meta.xml')
  expect(await title(false)).toContain('<dc:title>Le rapport de la semaine</dc:title>')
  expect(await title(true)).toContain('<dc:title>LE RAPPORT DE LA SEMAINE</dc:title>')
})
