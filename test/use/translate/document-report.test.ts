import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GlassformerError as Failure } from '#dist/base/errors.js'
import { type DocumentReport, type GlassformerError, Translator } from '#dist/index.js'
import type { Span } from '#dist/language/protect/span.js'
import { translateShorter } from '#dist/use/translate/documents/shorter-texts.js'
import type { Source, Translation } from '#dist/use/translate/translation/translation.js'
import { documentBytes, filesOf } from './packages/package.ts'
import { zipOf } from './packages/zip-of.ts'

/** A model that takes few words, and says all of them in capitals; spans stay. */
const few = (most: number) => async (texts: readonly Source[]) =>
  texts.map((given, i): Translation => {
    const { text, spans } = given as { text: string; spans: Span[] }
    const words = text.split(/\s+/).length
    if (words > most)
      throw new Failure('ERR_INPUT_TOO_LONG', `${texts.length > 1 ? `source ${i}: ` : ''}a sentence of ${words} tokens`)
    const placed = spans.map((span, index) => ({ ...span, index, source: { start: span.start, end: span.end } }))
    return { text: text.toUpperCase(), score: -1, ids: [1], tokenScores: [-1], finishReason: 'end', spans: placed }
  })

const marked = (text: string, spans: Span[] = []) => ({ text, spans })

describe('texts that are too long', () => {
  test('are cut at clauses, then commas, then words, and say so', async () => {
    const cut: unknown[] = []
    const text = 'un deux, trois quatre; cinq six, sept huit'
    const [plain, found] = await translateShorter([marked('un deux'), marked(text)], few(2), (each) => cut.push(each))
    expect(plain.text).toBe('UN DEUX')
    expect(found).toMatchObject({ text: text.toUpperCase(), score: -4, ids: [1, 1, 1, 1] })
    expect(cut).toEqual([{ begins: 'un deux, trois quatre;', parts: 4 }])
  })

  test('are not cut within what is protected, and keep it', async () => {
    const text = 'un deux [a b c d e f g h] trois quatre'
    const span = { start: 8, end: 25, kind: 'copy' } as const
    const [found] = await translateShorter([marked(text, [span])], few(10), () => {})
    expect(found.text).toBe(text.toUpperCase())
    expect(found.spans).toEqual([{ ...span, index: 0, source: { start: 8, end: 25 } }])
  })

  test('that cannot be cut are refused, and so is everything else that fails', async () => {
    await expect(translateShorter([marked('un deux')], few(1), () => {})).rejects.toMatchObject({
      code: 'ERR_INPUT_TOO_LONG',
    })
    const broken = () => Promise.reject(new Failure('ERR_WORKER', 'gone'))
    await expect(translateShorter([marked('a'.repeat(100))], broken, () => {})).rejects.toMatchObject({
      code: 'ERR_WORKER',
    })
  })
})

describe('reports on documents', () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { workers: 1 })
  })
  afterAll(() => translator.close())
  const sentence = (words: number) => `${Array.from({ length: words }, () => 'le chat dort').join(', ')}.`

  test('list texts of a workbook that its formulas compare', async () => {
    const files = await filesOf(documentBytes('prix.xlsx'))
    const [strings, sheet] = ['xl/sharedStrings.xml', 'xl/worksheets/sheet1.xml']
    files.set(strings, Buffer.from(String(files.get(strings)).replace('</sst>', '<si><t>Oui merci</t></si></sst>')))
    files.set(
      sheet,
      Buffer.from(
        String(files.get(sheet)).replace(
          '</sheetData>',
          '<row r="99"><c r="A99"><f>IF(A1="oui merci",MATCH("absent",A:A,0),"oui")</f><v>0</v></c></row></sheetData>',
        ),
      ),
    )
    let told: DocumentReport | undefined
    await translator.translateDocument(zipOf(files), { format: 'xlsx', report: (r) => (told = r) })
    expect(told?.compared).toEqual(['Oui merci'])
  })

  test('tell what is perhaps wrong in translations, with its line or its part', async () => {
    let told: DocumentReport | undefined
    const po = 'msgid "Le chat dort."\nmsgstr ""\n\nmsgid "Mme Zbigniewska Wrocławska"\nmsgstr ""\n'
    const glossary = { chat: 'antidisestablishmentarianism '.repeat(30).trim() }
    const options = { format: 'po', report: (r: DocumentReport) => (told = r), glossary, maxTokens: 12 } as const
    await translator.translateDocument(Buffer.from(po), options)
    expect(told?.checks).toContainEqual(expect.objectContaining({ line: 1, check: 'terms', source: 'Le chat dort.' }))
  })

  test('say how many texts stay, and why', async () => {
    let told: DocumentReport | undefined
    const json = JSON.stringify({ a: 'Bonjour', b: 'src/main', c: '12', d: 'fr-FR', e: 'Nom:' })
    const bytes = await translator.translateDocument(Buffer.from(json), { format: 'json', report: (r) => (told = r) })
    expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({ b: 'src/main', c: '12', d: 'fr-FR' })
    expect(told).toEqual({ texts: 2, left: { code: 2, wordless: 1, translated: 0 }, cut: [], compared: [], checks: [] })
    const po = 'msgid "Bonjour"\nmsgstr "Hi"\n\nmsgid "Merci"\nmsgstr ""\n'
    await translator.translateDocument(Buffer.from(po), { format: 'po', report: (r) => (told = r) })
    expect(told).toMatchObject({ texts: 1, left: { translated: 1 } })
  })

  test('say where a sentence was cut that is too long for the model', async () => {
    let told: DocumentReport | undefined
    const text = sentence(200)
    const bytes = await translator.translateDocument(Buffer.from(`<p>Bonjour</p><p>${text}</p>`), {
      format: 'html',
      beams: 1,
      report: (r) => (told = r),
    })
    expect(Buffer.from(bytes).toString()).toMatch(/^<p>Hello<\/p><p>.{100,}<\/p>$/s)
    expect(told!.cut).toEqual([{ begins: text.slice(0, 60), parts: expect.any(Number) }])
  })

  test('only a limit of the caller refuses, and names part and paragraph', async () => {
    const document = `<w:document xmlns:w="x"><w:body><w:p><w:r><w:t>Bonjour</w:t></w:r></w:p><w:p><w:r><w:t>${sentence(200)}</w:t></w:r></w:p></w:body></w:document>`
    const type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
    const list = `<Types><Override PartName="/word/document.xml" ContentType="${type}"/></Types>`
    const bytes = zipOf(
      new Map([
        ['[Content_Types].xml', Buffer.from(list)],
        ['word/document.xml', Buffer.from(document)],
      ]),
    )
    let told: DocumentReport | undefined
    const options = { format: 'docx', beams: 1 } as const
    const found = await translator.translateDocument(bytes, { ...options, report: (r) => (told = r) })
    expect((await filesOf(found)).get('word/document.xml')!.toString()).toContain('Hello')
    expect(told!.cut).toMatchObject([{ part: 'word/document.xml' }])
    const refused: GlassformerError = await translator.translateDocument(bytes, { ...options, split: 'never' }).then(
      () => null,
      (error) => error,
    )
    expect(refused).toMatchObject({
      code: 'ERR_INPUT_TOO_LONG',
      message: expect.stringMatching(/^word\/document\.xml, paragraph 2 \(“le chat dort/),
    })
  })
})
