import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLines } from '#dist/formats/disk/lines.js'
import { type CorpusSpec, openCorpus } from '#dist/learn/train/pairs/corpus.js'
import { all, file } from './files.ts'

const lines = async (content: string | Uint8Array) => (await all(readLines(file(content)))).flat()
const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })

describe('readLines', () => {
  it('yields the lines of any text, compressed or not', async () => {
    const line = fc
      .string({ unit: 'binary', maxLength: 30 })
      .filter((text) => text.isWellFormed() && !/[\r\n\ufeff]/.test(text))
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        async (list, end) => {
          const text = list.map((each) => each + end).join('')
          expect(await lines(text)).toEqual(list)
          expect(await lines(gzipSync(text))).toEqual(list)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('yields a last line without an end, and none for an empty file', async () => {
    expect(await lines('a\n\nb')).toEqual(['a', '', 'b'])
    expect(await lines('')).toEqual([])
    expect(await lines(gzipSync(''))).toEqual([])
  })

  it('drops a byte order mark', async () => {
    expect(await lines('\ufeffa\n\ufeffb\n')).toEqual(['a', '\ufeffb'])
    expect(await lines(gzipSync('\ufeffa\n'))).toEqual(['a'])
  })

  it('reads lines that span many chunks', async () => {
    const long = ['é'.repeat(400_000), 'x', '語'.repeat(200_000)]
    expect(await lines(long.join('\n'))).toEqual(long)
    expect(await lines(gzipSync(long.join('\n')))).toEqual(long)
  })

  it('reads gzip files that are written one after another', async () => {
    expect(await lines(Buffer.concat([gzipSync('a\nb\n'), gzipSync('c\n')]))).toEqual(['a', 'b', 'c'])
  })

  it('names the line that is not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a\n'.repeat(200_000)),
      Buffer.from([0x63, 0xe9, 0x0a]),
      Buffer.from('d\n'),
    ])
    await expect(lines(bytes)).rejects.toThrow(failure('ERR_INPUT', /file-\d+, line 200001: it is not UTF-8/))
    await expect(lines(gzipSync(bytes))).rejects.toThrow(failure('ERR_INPUT', /line 200001: it is not UTF-8/))
  })

  it('names the place where a gzip file is cut off or damaged', async () => {
    const packed = gzipSync(Array.from({ length: 1000 }, (_, k) => `${k * 7919} ${k}\n`).join(''))
    await expect(lines(packed.subarray(0, packed.length - 500))).rejects.toThrow(
      failure('ERR_FILE', /line \d+: .*cut off/),
    )
    const broken = Buffer.from(packed)
    broken[packed.length >> 1] ^= 0xff
    await expect(lines(broken)).rejects.toThrow(failure('ERR_FILE', /line \d+: .*(damaged|cut off)/))
  })

  it.each([
    ['without end', Buffer.alloc(3 << 20, 'x')],
    ['of a byte too many', Buffer.concat([Buffer.alloc((1 << 20) + 1, 'x'), Buffer.from('\n')])],
  ])('refuses a line %s', async (_, content) => {
    await expect(lines(content)).rejects.toThrow(failure('ERR_INPUT', /line 1: .*more than 1048576 bytes/))
  })

  it('keeps a first letter that begins like a byte order mark', async () => {
    expect(await lines(Buffer.from('ﻡﻦ\n'))).toEqual(['ﻡﻦ'])
  })

  it('reports a file that is missing, or a folder', async () => {
    await expect(all(readLines('/nowhere/corpus.tsv'))).rejects.toThrow(failure('ERR_FILE', /no such file/))
    await expect(all(readLines('/tmp'))).rejects.toThrow(failure('ERR_FILE', /folder/))
  })
})

describe('openCorpus', () => {
  const pairs = [
    { source: 'Va !', target: 'Go.' },
    { source: 'Je suis étudiant.', target: 'I am a student.' },
  ]
  const specs: [string, () => CorpusSpec][] = [
    ['TSV', () => ({ format: 'tsv', path: file('Va !\tGo.\tCC-BY\nJe suis étudiant.\tI am a student.\n') })],
    [
      'TSV with other columns',
      () => ({
        format: 'tsv',
        path: file('1\tGo.\tVa !\n2\tI am a student.\tJe suis étudiant.'),
        sourceColumn: 2,
        targetColumn: 1,
      }),
    ],
    [
      'parallel files, one of them packed',
      () => ({
        format: 'parallel',
        source: file('Va !\nJe suis étudiant.\n'),
        target: file(gzipSync('Go.\r\nI am a student.\r\n')),
      }),
    ],
    ['JSONL', () => ({ format: 'jsonl', path: file(pairs.map((pair) => JSON.stringify(pair)).join('\n')) })],
    [
      'JSONL with nested keys',
      () => ({
        format: 'jsonl',
        path: file(
          pairs.map(({ source, target }) => JSON.stringify({ translation: { fr: source, en: target } })).join('\n'),
        ),
        sourceKey: 'translation.fr',
        targetKey: 'translation.en',
      }),
    ],
  ]

  it.each(specs)('reads %s, as often as asked', async (_, spec) => {
    const corpus = openCorpus(spec())
    expect(await all(corpus)).toEqual(pairs)
    expect(await all(corpus)).toEqual(pairs)
    expect(corpus.report).toEqual({ lines: 2, pairs: 2, malformed: 0, firstMalformed: [] })
  })

  it('counts the lines without a pair, and reports the first of them', async () => {
    const corpus = openCorpus({ format: 'tsv', path: file(`a\tb\n${'nothing\n'.repeat(20)}c\td\n`) })
    expect(await all(corpus)).toHaveLength(2)
    expect(corpus.report).toMatchObject({ lines: 22, pairs: 2, malformed: 20 })
    expect(corpus.report.firstMalformed).toHaveLength(10)
    expect(corpus.report.firstMalformed[0]).toEqual({ line: 2, why: 'has no TAB' })
  })

  it('reports how many columns a line lacks', async () => {
    const path = file('1\tGo.\tVa !\n2\tI am a student.\n')
    const corpus = openCorpus({ format: 'tsv', path, sourceColumn: 2, targetColumn: 1 })
    expect(await all(corpus)).toEqual(pairs.slice(0, 1))
    expect(corpus.report.firstMalformed).toEqual([{ line: 2, why: 'has 2 columns instead of 3' }])
  })

  it('reports the fault of JSON lines', async () => {
    const corpus = openCorpus({
      format: 'jsonl',
      path: file(
        '{"source":"a","target":"b"}\n{\n{"source":1}\n{"source":"a"}\nnull\n{"source":"\\ud83d","target":"b"}\n{"source":"a","target":"\\ud83d"}',
      ),
    })
    await all(corpus)
    expect(corpus.report.firstMalformed.map(({ why }) => why)).toEqual([
      'is not JSON',
      'has no text at "source"',
      'has no text at "target"',
      'has no text at "source"',
      ...new Array(2).fill('has half a character, as \\ud83d without its other half'),
    ])
  })

  it('accepts characters that JSON writes as two halves', async () => {
    const corpus = openCorpus({ format: 'jsonl', path: file('{"source":"\\ud83d\\ude00","target":"😀"}') })
    expect(await all(corpus)).toEqual([{ source: '😀', target: '😀' }])
  })

  it('refuses a file without a single pair', async () => {
    await expect(all(openCorpus({ format: 'tsv', path: file('a b\nc d\n') }))).rejects.toThrow(
      failure('ERR_INPUT', /has no pair in 2 lines: line 1 has no TAB; put a TAB between/),
    )
    await expect(
      all(openCorpus({ format: 'jsonl', path: file('{"translation":{"fr":"a","en":"b"}}') })),
    ).rejects.toThrow(failure('ERR_INPUT', /line 1 has no text at "source"; write .* or name other keys/))
  })

  it.each([
    ['Merci.\tThanks.\rBonjour.\tHello.\r'],
    ['Merci.\tThanks.\r'.repeat(100_000)], // more than the longest line
  ])('refuses a file whose lines end with a carriage return alone', async (text) => {
    await expect(all(openCorpus({ format: 'tsv', path: file(text) }))).rejects.toThrow(
      failure('ERR_INPUT', /line 1: it ends with \\r alone; save the file with \\n/),
    )
  })

  it("treats a carriage return within a line as white space, and a last one as part of the line's end", async () => {
    expect(await all(openCorpus({ format: 'tsv', path: file('a\rb\tc\nd\te\r') }))).toEqual([
      { source: 'a\rb', target: 'c' },
      { source: 'd', target: 'e' },
    ])
    expect(await all(openCorpus({ format: 'tsv', path: file('a\tb\r') }))).toEqual([{ source: 'a', target: 'b' }])
  })

  it('refuses files without a line', async () => {
    const isEmpty = failure('ERR_INPUT', /file-\d+ is empty/)
    await expect(all(openCorpus({ format: 'tsv', path: file('') }))).rejects.toThrow(isEmpty)
    await expect(all(openCorpus({ format: 'jsonl', path: file(gzipSync('')) }))).rejects.toThrow(isEmpty)
    await expect(all(openCorpus({ format: 'parallel', source: file(''), target: file('') }))).rejects.toThrow(isEmpty)
  })

  it.each([
    ['a\nb\n', 'a\nb\nc\n', 2],
    ['a\nb\nc', 'a', 1],
  ])('refuses parallel files of unequal length', async (source, target, line) => {
    await expect(all(openCorpus({ format: 'parallel', source: file(source), target: file(target) }))).rejects.toThrow(
      failure('ERR_INPUT', new RegExp(`ends after line ${line}, but .* goes on`)),
    )
  })
})
