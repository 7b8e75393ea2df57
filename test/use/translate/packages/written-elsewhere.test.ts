import { describe, expect, test } from 'vitest'
import { documentBytes, filesOf, translated } from './package.ts'
import { zipOf } from './zip-of.ts'

const DOCUMENT = 'word/document.xml'
const LIST = '[Content_Types].xml'

/** The text of the translated document after a change of the package's files. */
async function translatedAfter(change: (files: Map<string, Buffer>) => void): Promise<string> {
  const files = await filesOf(documentBytes('rapport.docx'))
  change(files)
  return (await filesOf(await translated(zipOf(files), 'docx'))).get(DOCUMENT)!.toString()
}

const listOf = (files: Map<string, Buffer>) => files.get(LIST)!.toString()

describe('packages as Word and other programs write them', () => {
  test('a file whose two descriptions have different times', async () => {
    const bytes = zipOf(await filesOf(documentBytes('rapport.docx')))
    for (let at = bytes.indexOf('PK\x03\x04'); at >= 0; at = bytes.indexOf('PK\x03\x04', at + 1))
      bytes.writeUInt16LE(7, at + 10)
    expect((await filesOf(await translated(bytes, 'docx'))).get(DOCUMENT)!.toString()).toContain('CHAT')
  })

  test('a main part that has the type of its extension', async () => {
    const found = await translatedAfter((files) => {
      const list = listOf(files)
      const type = /wordprocessingml\.document\.main\+xml/.exec(list)!
      expect(type).not.toBeNull()
      const plain = list
        .replace(/<Default[^>]*Extension="xml"[^>]*\/>/, '')
        .replace(/<Override[^>]*PartName="\/word\/document\.xml"[^>]*\/>/, '')
        .replace(
          /<Override/,
          '<Default Extension="XML" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override',
        )
      files.set(LIST, Buffer.from(plain))
    })
    expect(found).toContain('CHAT')
  })

  test('a list of types whose elements have a prefix, and names of parts in other cases', async () => {
    const found = await translatedAfter((files) => {
      const list = listOf(files)
        .replace(/<(\/?)(Types|Override|Default)/g, '<$1ct:$2')
        .replace('xmlns=', 'xmlns:ct=')
        .replace('/word/document.xml', '/Word/Document.xml')
      files.set(LIST, Buffer.from(list))
    })
    expect(found).toContain('CHAT')
  })

  test('a picture of one color, which packs to a thousandth', async () => {
    expect(await translatedAfter((files) => files.set('word/media/x.emf', Buffer.alloc(20e6)))).toContain('CHAT')
  })

  test('notes of macOS on the files of a book', async () => {
    const files = await filesOf(documentBytes('livre.epub'))
    const note = Buffer.from([0, 5, 22, 7, 0xff, 0xfe])
    const names = ['__MACOSX/._toc.ncx', 'EPUB/._ch001.xhtml', '__MACOSX/EPUB/text/ch001.xhtml']
    for (const name of names) files.set(name, note)
    const after = await filesOf(await translated(zipOf(files), 'epub'))
    for (const name of names) expect(after.get(name)).toEqual(note)
  })
})
