import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { readSentencePieceModel } from '#dist/formats/pieces/sentencepiece-model.js'
import { SentencePiece } from '#dist/language/text/sentencepiece/sentencepiece.js'
import { goldenBytes } from './golden.ts'

// A writer of protocol buffers, just enough for models of a few pieces.
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
const bytesField = (field: number, content: ArrayLike<number>) => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...Array.from(content),
]
const intField = (field: number, value: number) => [...varint(field * 8), ...varint(value)]
const floatField = (field: number, value: number) => [
  field * 8 + 5,
  ...new Uint8Array(new Float32Array([value]).buffer),
]
const piece = (text: string, type = 1, score = -1) =>
  bytesField(1, [...bytesField(1, Buffer.from(text)), ...floatField(2, score), ...intField(3, type)])
const model = (...parts: number[][]) => Uint8Array.from(parts.flat())
const unk = piece('<unk>', 2, 0)

const refused = (bytes: Uint8Array): string => {
  try {
    readSentencePieceModel(bytes, 'folder/x.spm')
  } catch (error) {
    expect(error).toBeInstanceOf(GlassformerError)
    expect((error as GlassformerError).code).toBe('ERR_TOKENIZER_FORMAT')
    expect((error as Error).message).toMatch(/^folder\/x\.spm: .* at byte \d+, .*fetch or train it again\.$/s)
    return (error as Error).message
  }
  throw new Error('the file was accepted')
}

describe('readSentencePieceModel', () => {
  it('reads pieces and settings, and skips fields that it does not know', () => {
    const found = readSentencePieceModel(
      model(
        unk,
        piece('▁a', 1, -2.5),
        piece('</s>', 3, 0),
        bytesField(2, [...intField(3, 2), ...intField(24, 1), ...bytesField(44, Buffer.from('?')), ...intField(4, 9)]),
        bytesField(3, [...bytesField(1, Buffer.from('identity')), ...intField(3, 0)]),
        intField(99, 7),
        [...varint(98 * 8 + 1), 0, 0, 0, 0, 0, 0, 0, 0],
      ),
      'x.spm',
    )
    expect(found.pieces).toEqual({
      texts: ['<unk>', '▁a', '</s>'],
      scores: [0, -2.5, 0],
      types: ['unknown', 'normal', 'control'],
    })
    expect(found.trainer).toMatchObject({ modelType: 'bpe', treatWhitespaceAsSuffix: true, unkSurface: '?' })
    expect(found.normalizer).toMatchObject({
      name: 'identity',
      addDummyPrefix: false,
      removeExtraWhitespaces: true,
      escapeWhitespaces: true,
    })
    expect(found.denormalizer).toBeNull()
  })

  it('reads long pieces, default types, and fields between pieces', () => {
    const texts = [
      'a',
      'x'.repeat(113),
      'x'.repeat(114),
      'é▁😀',
      `b\x15${'\0'.repeat(8)}c`,
      '\0',
      '\x15',
      'z'.repeat(300),
      'd',
    ]
    for (const type of [1, 4])
      for (const some of [texts, texts.filter((text) => !text.includes('\x15\0')), texts.slice(3, 4)]) {
        const found = readSentencePieceModel(model(unk, ...some.map((text) => piece(text, type, -1.5))), 'x.spm')
        expect(found.pieces.texts).toEqual(['<unk>', ...some])
        expect(found.pieces.scores).toEqual([0, ...some.map(() => -1.5)])
        expect(found.pieces.types).toEqual(['unknown', ...some.map(() => (type === 1 ? 'normal' : 'user-defined'))])
      }
  })

  it('reads a piece with an unknown field, and U+FFFD as itself', () => {
    const more = bytesField(1, [...bytesField(1, Buffer.from('▁a')), ...floatField(2, -1), ...intField(4, 3)])
    const trainer = bytesField(2, bytesField(44, Buffer.from('\ufffd')))
    const found = readSentencePieceModel(model(unk, more, piece('\ufffd'), trainer), 'x.spm')
    expect(found.pieces).toEqual({
      texts: ['<unk>', '▁a', '\ufffd'],
      scores: [0, -1, -1],
      types: ['unknown', 'normal', 'normal'],
    })
    expect(found.trainer.unkSurface).toBe('\ufffd')
  })

  it('reads a view that begins inside a larger buffer', () => {
    const file = goldenBytes('unigram-cf-1000.model')
    const larger = new Uint8Array(file.length + 3)
    larger.set(file, 3)
    const shifted = SentencePiece.read(larger.subarray(3), 'x')
    expect(shifted.encode('Été ﬁn ÉTÉ')).toEqual(SentencePiece.read(file, 'x').encode('Été ﬁn ÉTÉ'))
  })

  it.each([
    ['an empty file', model(), /at byte 0, the file ends without a single piece/],
    ['a text file', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), /at byte 0/],
    ['a web page', Buffer.from('<!DOCTYPE html><html></html>'), /at byte 0/],
    ['a cut piece', model(unk, piece('▁a').slice(0, 5)), /at byte 17, \d+ bytes are announced and only 3 are left/],
    ['a cut number', model(unk, [0x48, 0x80]), /at byte 17, a number is cut off/],
    [
      'a number that its piece cuts off',
      model(unk, bytesField(1, [...bytesField(1, [97]), 0x18]), unk),
      /a number is cut off/,
    ],
    ['an endless number', model(unk, [0x48, ...new Array(12).fill(0x80)]), /a number has more than ten bytes/],
    ['field 0', model(unk, [0x00, 0x00]), /at byte 16, a field has number 0/],
    ['a group', model(unk, [0x1b + 32]), /at byte 16, field 7 has the unknown wire type 3/],
    ['a score as a number', model(bytesField(1, [...bytesField(1, [97]), ...intField(2, 5)])), /wire type 0 where 5/],
    ['an unknown type of piece', model(unk, piece('a', 9)), /a piece has the unknown type 9/],
    ['an unknown type of model', model(unk, bytesField(2, intField(3, 7))), /the model is of the unknown type 7/],
    ['an empty piece', model(unk, piece('')), /at byte 16, a piece is empty/],
    ['a piece twice', model(unk, piece('a'), piece('a')), /at byte 28, piece 2 "a" is there twice/],
    ['a piece that is not UTF-8', model(unk, bytesField(1, bytesField(1, [0xc3]))), /a text is not UTF-8/],
    ['a score that is not finite', model(unk, piece('a', 1, Number.NaN)), /the score of "a" is not finite/],
    ['no unknown piece', model(piece('a')), /0 unknown pieces instead of one/],
    ['two unknown pieces', model(unk, piece('<u>', 2)), /2 unknown pieces instead of one/],
    ['byte pieces without byte fallback', model(unk, piece('<0x41>', 6)), /byte_fallback is off/],
    ['a byte piece with another name', model(unk, bytesField(2, intField(35, 1)), piece('x', 6)), /not like <0x41>/],
    [
      'too few byte pieces',
      model(unk, bytesField(2, intField(35, 1)), piece('<0x41>', 6)),
      /1 byte pieces instead of 256/,
    ],
    ['a short charsmap', model(unk, bytesField(3, bytesField(2, [1, 0]))), /precompiled_charsmap/],
    [
      'a charsmap with a wrong size',
      model(unk, bytesField(3, bytesField(2, [9, 0, 0, 0, 1, 2, 3, 0]))),
      /precompiled_charsmap/,
    ],
    [
      'a charsmap that ends within its array',
      model(unk, bytesField(3, bytesField(2, [8, 0, 0, 0, 1, 2, 3, 4, 0]))),
      /precompiled_charsmap/,
    ],
    [
      'a charsmap without an end',
      model(unk, bytesField(3, bytesField(2, [4, 0, 0, 0, 1, 2, 3, 0, 65]))),
      /does not end/,
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(refused(bytes)).toMatch(message)
  })

  it('refuses every truncation of a model that cuts a piece, and never throws anything else', () => {
    const file = goldenBytes('bpe-byte-fallback-1200.model')
    for (let length = 0; length < file.length; length += 7) {
      try {
        readSentencePieceModel(file.subarray(0, length), 'x')
        // A cut between two of the last fields leaves a whole model.
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_TOKENIZER_FORMAT' })
      }
    }
    refused(file.subarray(0, 5000))
  })

  it('either refuses a file with changed bytes or makes a model that works', () => {
    const file = goldenBytes('unigram-cf-1000.model')
    const change = fc.record({ at: fc.nat(file.length - 1), to: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 300 }), (changes) => {
        const copy = Uint8Array.from(file)
        for (const { at, to } of changes) copy[at] = to
        try {
          const changed = SentencePiece.read(copy, 'x')
          for (const text of ['Le chat dort.', 'é ﬁ\0 \u3000ẞ😀', '\0\u0301'])
            expect(typeof changed.decode(changed.encode(text))).toBe('string')
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_TOKENIZER_FORMAT' })
        }
      }),
      { numRuns: 60 },
    )
  })

  it('does not read outside a charsmap whose array is damaged', () => {
    for (let seed = 0; seed < 50; seed++) {
      const array = Array.from({ length: 64 }, (_, k) => (Math.imul(k + seed, 2654435761) >>> 13) & 255)
      const charsmap = [array.length, 0, 0, 0, ...array, 65, 0]
      const found = SentencePiece.read(model(unk, piece('a'), bytesField(3, bytesField(2, charsmap))), 'x')
      for (const text of ['a', '\0\0\0', 'é€😀', 'abc \x01\x02']) expect(Array.isArray(found.encode(text))).toBe(true)
    }
  })

  it.each([
    ['a rule after the array', 0x40, 0],
    ['a text after the texts', 0x03, 1000],
  ])('has no rule if a damaged charsmap points to %s', (_, offset, text) => {
    const units = Int32Array.of(0x60 << 10, (offset << 10) | 0x100 | 0x61, 0x80000000 | text, 0)
    const charsmap = [units.byteLength, 0, 0, 0, ...new Uint8Array(units.buffer), 65, 0]
    const found = SentencePiece.read(model(unk, piece('▁a'), bytesField(3, bytesField(2, charsmap))), 'x')
    expect(found.encodePieces('a')).toEqual(['▁a'])
  })
})

describe('SentencePiece', () => {
  const settings = (...fields: [field: number, value: number][]) =>
    bytesField(
      3,
      fields.flatMap(([field, value]) => intField(field, value)),
    )
  const [dummyPrefix, removeExtra, escapes] = [3, 4, 5]

  it('keeps characters that begin or end with the bytes of ▁', () => {
    expect(SentencePiece.read(model(unk, piece('▁')), 'x').normalize('㖁')).toBe('▁㖁')
    const words = SentencePiece.read(model(unk, piece('▁a■b'), bytesField(2, intField(3, 3))), 'x')
    expect(words.encodePieces('a■b a■b')).toEqual(['▁a■b', '▁a■b'])
  })

  it('strips spaces from both ends also if they are not escaped', () => {
    const plain = SentencePiece.read(model(unk, piece('a'), settings([escapes, 0])), 'x')
    expect(plain.normalize('  a  a  ')).toBe(' a a')
  })

  it('keeps the space before a text if it neither adds nor removes one', () => {
    const plain = SentencePiece.read(model(unk, piece('▁a'), settings([dummyPrefix, 0], [removeExtra, 0])), 'x')
    expect(plain.decode(plain.encode(' a a'))).toBe(' a a')
  })
})
