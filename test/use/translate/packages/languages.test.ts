import { describe, expect, test } from 'vitest'
import { documentBytes, filesOf, translated } from './package.ts'
import { zipOf } from './zip-of.ts'

const english = { languages: { source: 'fr', target: 'en' } }

/** The files of a document after some of them have been changed, and after its translation. */
async function translatedFiles(
  name: string,
  changes: Record<string, (text: string) => string>,
  languages: { source?: string; target: string } = english.languages,
) {
  const files = await filesOf(documentBytes(name))
  for (const [file, change] of Object.entries(changes))
    files.set(file, Buffer.from(change(String(files.get(file) ?? ''))))
  const format = name.split('.').pop() as Parameters<typeof translated>[1]
  const written = await filesOf(await translated(zipOf(files), format, undefined, { languages }))
  return (file: string) => String(written.get(file))
}

const values = (xml: string, pattern: RegExp) => Array.from(xml.matchAll(pattern), ([, value]) => value)

describe('a translated document of Word says its language', () => {
  const styles = (xml: string) => xml.replace(/<w:lang [^>]*>/, '<w:lang w:val="nl-NL" w:eastAsia="zh-CN"/>')
  const runs = (xml: string) => xml.replace('<w:body>', `<w:body>${['"fr-FR"', '"de-DE"', "'fr'"].map(run).join('')}`)
  const run = (language: string) => `<w:p><w:r><w:rPr><w:lang w:val=${language}/></w:rPr><w:t>un</w:t></w:r></w:p>`

  test('in its defaults, and in runs and styles in the language of the source', async () => {
    const written = await translatedFiles('rapport.docx', {
      'word/styles.xml': (xml) =>
        styles(xml).replace(
          '</w:styles>',
          '<w:style w:type="character" w:styleId="F"><w:rPr><w:lang w:val="fr-CH"/></w:rPr></w:style></w:styles>',
        ),
      'word/document.xml': runs,
    })
    const [first, ...others] = values(written('word/styles.xml'), /<w:lang\b[^>]*?w:val="([^"]*)"/g)
    expect(first).toBe('en-US')
    expect(others.at(-1)).toBe('en-US')
    const said = values(written('word/document.xml'), /<w:lang\b[^>]*?w:val=["']([^"']*)/g)
    expect(said).toContain('de-DE')
    expect(said.filter((each) => each.startsWith('fr'))).toEqual([])
  })

  test('under another prefix, in single quotes, and in a language that Word keeps apart', async () => {
    const settings = (xml: string) =>
      xml
        .replace(/<w:themeFontLang[^>]*>/g, '')
        .replace('</w:settings>', `<x:themeFontLang xmlns:x="urn:w" x:val='fr-FR'/></w:settings>`)
    const written = await translatedFiles(
      'rapport.docx',
      { 'word/settings.xml': settings, 'word/styles.xml': styles },
      { source: 'fr', target: 'ja' },
    )
    expect(written('word/settings.xml')).toMatch(/<x:themeFontLang xmlns:x="urn:w" x:val='ja-JP' x:eastAsia="ja-JP"\/>/)
    expect(written('word/styles.xml')).toContain('<w:lang w:val="ja-JP" w:eastAsia="ja-JP"/>')
  })

  test('only where the language of the translation is known', async () => {
    const files = await filesOf(documentBytes('rapport.docx'))
    const translation = await filesOf(await translated(documentBytes('rapport.docx'), 'docx'))
    for (const name of ['word/styles.xml', 'word/settings.xml', 'docProps/core.xml'])
      expect(translation.get(name)).toEqual(files.get(name))
  })

  test('and its readings of characters are gone with the characters', async () => {
    const ruby =
      '<w:r><w:rPr><w:b/></w:rPr><w:ruby><w:rubyPr><w:hps w:val="10"/></w:rubyPr><w:rt><w:r><w:t>lu</w:t></w:r></w:rt><w:rubyBase><w:r><w:rPr><w:b/></w:rPr><w:t>un</w:t></w:r></w:rubyBase></w:ruby></w:r>'
    const written = await translatedFiles('rapport.docx', {
      'word/document.xml': (xml) =>
        xml.replace(
          '<w:body>',
          `<w:body><w:p>${ruby}<w:r><w:t xml:space="preserve"> deux</w:t></w:r></w:p><w:p>${ruby}</w:p>`,
        ),
    })
    const [first, second] = values(written('word/document.xml'), /<w:p>(.*?)<\/w:p>/gs)
    expect(first.replace(/<[^>]*>/g, '')).toBe('UN DEUX')
    expect(second).toBe('<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">UN</w:t></w:r>')
  })
})

describe('other documents say their language', () => {
  test('.pptx in runs in the language of the source, and in the defaults', async () => {
    const written = await translatedFiles('visite.pptx', {
      'ppt/slides/slide1.xml': (xml) =>
        xml.replace(/<a:r><a:rPr[^>]*?lang="[^"]*"/, (run) => run.replace(/lang="[^"]*"/, 'lang="la-VA"')),
    })
    const said = values(written('ppt/slides/slide1.xml'), /\slang="([^"]*)"/g)
    expect(said.filter((each) => each.startsWith('fr'))).toEqual([])
    expect(said).toContain('en-US')
    expect(said).toContain('la-VA')
  })

  test('.odt in styles, in the defaults, and in its properties', async () => {
    const written = await translatedFiles('rapport.odt', {
      'styles.xml': (xml) => xml.replaceAll('fo:language="en" fo:country="US"', 'fo:language="fr" fo:country="FR"'),
      'meta.xml': (xml) =>
        xml
          .replace(/<dc:language>.*?<\/dc:language>/, '')
          .replace('<office:meta>', '<office:meta><dc:language>fr-FR</dc:language>'),
    })
    const said = values(written('styles.xml'), /fo:(?:language|country)="([^"]*)"/g)
    expect(said).toContain('en')
    expect(said).toContain('US')
    expect(said.filter((each) => /^(?:fr|FR)$/.test(each))).toEqual([])
    expect(written('meta.xml')).toContain('<dc:language>en-US</dc:language>')
  })

  test('.odt in its defaults, where the language of the source is not known', async () => {
    const written = await translatedFiles('rapport.odt', {}, { target: 'de' })
    const defaults = values(written('styles.xml'), /<style:default-style\b.*?<style:text-properties\b([^>]*)/gs)
    for (const each of defaults.filter((attributes) => attributes.includes('fo:language')))
      expect(each).toContain('fo:language="de" fo:country="DE"')
  })

  test.each([
    ['<dc:language>fr</dc:language>', '<dc:language>en</dc:language>'],
    ['<dc:language>fr-FR</dc:language>', '<dc:language>en-US</dc:language>'],
    ['<dc:language id="a">nl</dc:language>', '<dc:language id="a">en</dc:language>'],
    [
      '<dc:language>la</dc:language><dc:language>fr</dc:language>',
      '<dc:language>la</dc:language><dc:language>en</dc:language>',
    ],
  ])('.epub in its package: %s', async (said, expected) => {
    const name = [...(await filesOf(documentBytes('livre.epub'))).keys()].find((each) => each.endsWith('.opf')) ?? ''
    const written = await translatedFiles('livre.epub', {
      [name]: (xml) => xml.replace(/<dc:language\b.*?<\/dc:language>/, said),
    })
    expect(written(name)).toContain(expected)
  })

  test('.epub in its pages and the labels of its contents', async () => {
    const pages = [...(await filesOf(documentBytes('livre.epub'))).keys()].filter((each) =>
      /\.(?:xhtml|ncx)$/.test(each),
    )
    const inFrench = (xml: string) => xml.replace(/<(html|ncx)\b[^>]*?(?=>)/, '<$1 xml:lang="fr"')
    const written = await translatedFiles('livre.epub', Object.fromEntries(pages.map((name) => [name, inFrench])))
    for (const name of pages) expect(written(name)).toMatch(/<(?:html|ncx) xml:lang="en"/)
    expect(pages.length).toBeGreaterThan(2)
  })

  test('.xlsx drops readings of characters, which count the characters', async () => {
    const written = await translatedFiles('prix.xlsx', {
      'xl/sharedStrings.xml': (xml) =>
        xml.replace(/<si>/, '<si><t>chat noir</t><rPh sb="0" eb="4"><t>lu</t></rPh><phoneticPr fontId="1"/></si><si>'),
    })
    expect(written('xl/sharedStrings.xml')).toMatch(/CHAT NOIR<\/t><phoneticPr/)
  })
})
