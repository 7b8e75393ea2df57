import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { GlassformerError } from '#dist/index.js'
import { documentBytes, documents, filesOf, formatOf, translated } from './package.ts'
import { zipOf } from './zip-of.ts'

/** Numbers in a fixed order. */
function* numbers(): Generator<number> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    yield state
  }
}

describe('damaged documents', () => {
  test('210 of them give an error with a code', async () => {
    const random = numbers()
    const next = (below: number) => random.next().value! % below
    let refused = 0
    for (const name of documents)
      for (let i = 0; i < 30; i++) {
        const bytes = Buffer.from(documentBytes(name))
        const at = next(bytes.length)
        const damaged = i % 2 ? bytes.subarray(0, at) : bytes.fill(next(256), at, Math.min(bytes.length, at + 64))
        const outcome = await translated(damaged, formatOf(name)).catch((error: unknown) => error)
        expect(outcome, `${name}, ${i}, at ${at}`).toBeInstanceOf(GlassformerError)
        expect((outcome as GlassformerError).code).toMatch(/^ERR_(?:INPUT|INPUT_TOO_LONG|UNSUPPORTED)$/)
        refused++
      }
    expect(refused).toBe(210)
  })

  test('XML that is not well-formed names its part', async () => {
    const files = await filesOf(documentBytes('rapport.docx'))
    const document = files.get('word/document.xml')!.toString()
    for (const wrong of [
      document.slice(0, -20),
      document.replace('</w:p>', '</w:q>'),
      document.replace('<w:body>', '<w:body'),
      `${document}<w:p/>`,
      '',
    ]) {
      files.set('word/document.xml', Buffer.from(wrong))
      await expect(translated(zipOf(files), 'docx')).rejects.toThrow(/^word\/document.xml is no XML: /)
    }
  })
})

describe('hostile packages', () => {
  const hostile = async (change: (files: Map<string, Buffer>) => void, options?: Parameters<typeof zipOf>[1]) => {
    const files = await filesOf(documentBytes('rapport.docx'))
    change(files)
    return translated(zipOf(files, options), 'docx')
  }

  test('texts that are bombs are refused by their ratio, before they are unpacked', async () => {
    const spaces = (files: Map<string, Buffer>) =>
      files.set('word/document.xml', Buffer.concat([files.get('word/document.xml')!, Buffer.alloc(20e6, 32)]))
    await expect(hostile(spaces)).rejects.toMatchObject({ code: 'ERR_INPUT_TOO_LONG' })
  })

  test('bombs that lie about their size are refused as soon as they are larger', async () => {
    const zeros = deflateRawSync(Buffer.alloc(20e6))
    const lies = { 'word/media/x.bin': { stored: zeros, size: 100 } }
    await expect(hostile((files) => files.set('word/media/x.bin', Buffer.alloc(100)), lies)).rejects.toThrow(
      'has more bytes than the package says',
    )
  })

  test('names that lead out, and names that stand twice', async () => {
    for (const name of ['../evil.xml', '/etc/evil', 'word/../../evil', 'C:/evil', 'word\\evil'])
      await expect(
        hostile((files) => files.set(name, Buffer.from('x'))),
        name,
      ).rejects.toMatchObject({ code: 'ERR_INPUT' })
    await expect(hostile((files) => files.set('WORD/document.xml', Buffer.from('x')))).rejects.toThrow(
      'two of its files',
    )
  })

  test('more files than a document may have', async () => {
    const many = (files: Map<string, Buffer>) => {
      for (let i = 0; i < 20_000; i++) files.set(`word/media/${i}.bin`, Buffer.alloc(0))
    }
    await expect(hostile(many)).rejects.toMatchObject({ code: 'ERR_INPUT_TOO_LONG' })
  })

  test('encrypted ones', async () => {
    await expect(hostile(() => {}, { flags: 1 })).rejects.toThrow('the document is encrypted')
  })
})
