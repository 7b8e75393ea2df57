import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SentencePiece } from '#dist/language/text/sentencepiece/sentencepiece.js'
import { goldenBytes, goldenFolder, goldenJson, goldenNames, hasAllGoldens, lines } from './golden.ts'

const names = goldenNames.filter((name) => {
  const file = name.endsWith('.json') ? goldenJson(name).model?.file : undefined
  return file !== undefined && existsSync(goldenFolder + file)
})
const read = (file: string) => SentencePiece.read(goldenBytes(file), file)

describe.skipIf(!hasAllGoldens)('the golden files', () => {
  it('are those of twelve models', () => expect(names).toHaveLength(12))
})

describe.each(names)('SentencePiece, %s', (name) => {
  const golden = goldenJson(name)
  const model = read(golden.model.file)

  it('encodes every line to the same ids', () => {
    expect(lines.map((text) => model.encode(text))).toEqual(golden.ids)
  })

  it('cuts lines into the same pieces', () => {
    expect(golden.pieces.map((_: unknown, k: number) => model.encodePieces(lines[k]))).toEqual(golden.pieces)
  })

  it('normalizes every line to the same text', () => {
    expect(lines.map((text) => model.normalize(text))).toEqual(golden.normalized)
  })

  it('decodes the ids of every line to the same text', () => {
    expect(golden.ids.map((ids: number[]) => model.decode(ids))).toEqual(golden.decoded)
  })

  it('decodes odd sequences of ids and pieces to the same text', () => {
    for (const { ids, text } of golden.decode) expect(model.decode(ids), `ids ${ids}`).toBe(text)
    for (const { pieces, text } of golden.decode_pieces)
      expect(model.decodePieces(pieces), JSON.stringify(pieces)).toBe(text)
  })

  it('refuses to decode ids that it does not have', () => {
    for (const id of [...golden.decode_out_of_range, 0.5, Number.NaN])
      expect(() => model.decode([id])).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })

  it('knows its size and special ids', () => {
    const { vocab_size, unk_id, bos_id, eos_id, pad_id } = golden.model
    expect([model.size, model.unkId, model.bosId, model.eosId, model.padId]).toEqual([
      vocab_size,
      unk_id,
      bos_id,
      eos_id,
      pad_id,
    ])
  })

  it.skipIf(golden.score === undefined)('gives the best segmentation the same score', () => {
    for (const [k, text] of lines.entries()) {
      const expected = golden.score[k]
      expect(Math.abs(model.score(text) - expected), `line ${k}`).toBeLessThanOrEqual(
        1e-4 * Math.max(1, Math.abs(expected)),
      )
    }
  })

  it.skipIf(golden.nbest === undefined)('finds the same five best segmentations', () => {
    for (const { line, nbest } of golden.nbest) {
      const found = model.nbest(lines[line], nbest.length)
      expect(found.map(({ ids }) => ids)).toEqual(nbest.map(({ ids }: { ids: number[] }) => ids))
      for (const [k, { score }] of found.entries()) expect(score).toBeCloseTo(nbest[k].score, 2)
    }
  })
})

const small = JSON.parse(readFileSync(new URL('../../golden/tokenizers/small-models.json', import.meta.url), 'utf8'))

describe.each(Object.keys(small.models))('a small model: %s', (name) => {
  const golden = small.models[name]
  const model = SentencePiece.read(Buffer.from(golden.model, 'base64'), name)

  it('encodes, normalizes and decodes odd texts as SentencePiece does', () => {
    for (const [k, text] of (small.texts as string[]).entries()) {
      expect(model.normalize(text), JSON.stringify(text)).toBe(golden.normalized[k])
      expect(model.encode(text), JSON.stringify(text)).toEqual(golden.ids[k])
      expect(model.decode(golden.ids[k]), `ids ${golden.ids[k]}`).toBe(golden.decoded[k])
    }
  })
})

describe('near ties', () => {
  it('are decided as by SentencePiece, although rounding of float32 sums decides', () => {
    const { file, texts, ids } = small.ties
    const model = read(file)
    expect(texts.map((text: string) => model.encode(text))).toEqual(ids)
  })

  it('are decided as by SentencePiece far into a long text', () => {
    const ids = read(small.long.file).encode(lines.join(' ').repeat(8))
    expect(ids).toHaveLength(small.long.count)
    expect(createHash('sha256').update(JSON.stringify(ids)).digest('hex')).toBe(small.long.sha256)
  })
})

describe('user-defined symbols that overlap', () => {
  const { model, texts, ids, best } = small.symbols
  const sentencePiece = SentencePiece.read(Buffer.from(model, 'base64'), 'symbols')

  it('win over each other by their bytes', () => {
    expect(texts.map((text: string) => sentencePiece.encode(text))).toEqual(ids)
  })

  it('win by their characters among the n best', () => {
    expect(texts.map((text: string) => sentencePiece.nbest(text, 2)[0].ids)).toEqual(best)
  })
})

interface Trap {
  trap: string
  claim: string
  model?: string
  text?: string
  ids?: number[]
  ids_of?: string[]
  loose?: string[]
  normalized?: string
  pieces?: string[]
  decoded: string
  score?: number
}

const traps: Trap[] = goldenJson('traps.json').traps.filter(
  (trap: Trap) => trap.model !== undefined && goldenNames.includes(`${trap.model}.model`),
)

describe('frequent mistakes of implementations', () => {
  it.each(traps)('$trap: $claim', ({ model, text, ids, ids_of, loose, normalized, pieces, decoded, score }) => {
    const sentencePiece = read(`${model}.model`)
    if (text !== undefined) {
      expect(sentencePiece.normalize(text)).toBe(normalized)
      expect(sentencePiece.encodePieces(text)).toEqual(pieces)
      expect(sentencePiece.encode(text)).toEqual(ids)
    }
    if (ids_of !== undefined) expect(ids_of.map((piece) => sentencePiece.pieceToId(piece))).toEqual(ids)
    expect(loose === undefined ? sentencePiece.decode(ids!) : sentencePiece.decodePieces(loose)).toBe(decoded)
    if (score !== undefined) expect(sentencePiece.score(text!)).toBeCloseTo(score, 3)
  })
})

describe('SentencePiece', () => {
  const unigram = read('unigram-cf-1000.model')
  const bpe = read('bpe-byte-fallback-1200.model')

  it('gives the n best segmentations in order, and all of them decode to the text', () => {
    const found = unigram.nbest('le chat dort', 20)
    expect(found).toHaveLength(20)
    expect(found[0].ids).toEqual(unigram.encode('le chat dort'))
    expect(found[0].score).toBeCloseTo(unigram.score('le chat dort'), 3)
    expect(new Set(found.map(({ ids }) => ids.join())).size).toBe(20)
    for (let k = 1; k < found.length; k++) expect(found[k].score).toBeLessThanOrEqual(found[k - 1].score)
    for (const { ids } of found) expect(unigram.decode(ids)).toBe('le chat dort')
  })

  it('gives all segmentations there are when more are asked for', () => {
    expect(unigram.nbest('', 5)).toEqual([{ ids: [], score: 0 }])
    expect(unigram.nbest('Ж', 5).length).toBeLessThan(5)
  })

  it('says that scores and n-best segmentations are for unigram models', () => {
    expect(() => bpe.score('a')).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED' }))
    expect(() => bpe.nbest('a', 2)).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED' }))
    expect(() => unigram.nbest('a', 0)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })

  it.each(['\ud800', 'a\udc00b', '\ude00\ud83d', 'x\ud83d'])('takes lone surrogates for U+FFFD: %j', (text) => {
    for (const model of [unigram, bpe]) expect(model.encode(text)).toEqual(model.encode(text.toWellFormed()))
  })

  // Quadratic time would exceed the timeout of a test.
  it.each([
    ['one letter', 'a'.repeat(1_000_000)],
    ['unknown letters', 'Ж'.repeat(500_000)],
    ['emoji', '😀'.repeat(250_000)],
    ['words without a space', 'anticonstitutionnellement'.repeat(40_000)],
    ['spaces', ' '.repeat(1_000_000)],
    ['right to left', 'مرحبا '.repeat(100_000)],
    ['NUL', '\0'.repeat(1_000_000)],
    ['a ligature that grows to 18 letters', '\ufdfa'.repeat(300_000)],
  ])('takes a megabyte of %s in near-linear time, and short texts as before', (_, text) => {
    const [, byBpe] = [unigram, bpe].map((model) => {
      const before = model.encode('Le chat dort.')
      const decoded = model.decode(model.encode(text))
      expect(model.encode('Le chat dort.')).toEqual(before)
      return decoded
    })
    expect(byBpe).toBe(text)
  })
})
