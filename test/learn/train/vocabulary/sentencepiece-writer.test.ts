import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSentencePieceModel } from '#dist/formats/pieces/sentencepiece-model.js'
import { writeSentencePieceModel } from '#dist/formats/pieces/sentencepiece-writer.js'
import { goldenBytes, goldenNames } from '../../../language/text/golden.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
const normalizer = fc.record({
  name: text,
  charsmap: fc.constant(new Uint8Array(0)),
  addDummyPrefix: fc.boolean(),
  removeExtraWhitespaces: fc.boolean(),
  escapeWhitespaces: fc.boolean(),
})
const model = fc.record({
  pieces: fc.uniqueArray(text, { minLength: 1, maxLength: 30 }).chain((texts) =>
    fc
      .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: texts.length, maxLength: texts.length })
      .map((scores) => ({
        texts,
        scores,
        types: texts.map((_, id) => (id === 0 ? 'unknown' : ['normal', 'control', 'user-defined', 'unused'][id % 4])),
      })),
  ),
  trainer: fc.record({
    modelType: fc.constantFrom('unigram', 'bpe', 'word', 'char'),
    byteFallback: fc.constant(false),
    treatWhitespaceAsSuffix: fc.boolean(),
    unkSurface: text,
    unkPiece: text,
    bosPiece: text,
    eosPiece: text,
    padPiece: text,
  }),
  normalizer,
  denormalizer: fc.constant(null),
})

describe('writeSentencePieceModel', () => {
  it('writes what readSentencePieceModel reads', () => {
    fc.assert(
      fc.property(model, (written) => {
        expect(readSentencePieceModel(writeSentencePieceModel(written as never), 'a.spm')).toEqual(written)
      }),
    )
  })

  it.skipIf(goldenNames.length === 0)('keeps everything of the models that the SentencePiece library wrote', () => {
    const names = goldenNames.filter((name) => name.endsWith('.model'))
    for (const name of names) {
      const { normalizer: first, ...read } = readSentencePieceModel(goldenBytes(name), name)
      const written = writeSentencePieceModel({ ...read, normalizer: first })
      const { normalizer: second, ...again } = readSentencePieceModel(written, name)
      expect(again).toEqual(read)
      expect({ ...second, charsmap: null }).toEqual({ ...first, charsmap: null })
      expect(Buffer.compare(second.charsmap, first.charsmap)).toBe(0)
    }
  })
})
