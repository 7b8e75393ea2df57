import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readSentencePieceModel } from '#dist/formats/pieces/sentencepiece-model.js'
import { writeSentencePieceModel } from '#dist/formats/pieces/sentencepiece-writer.js'
import { SentencePiece } from '#dist/language/text/sentencepiece/sentencepiece.js'
import { type VocabularyOptions, VocabularyTrainer } from '#dist/learn/train/vocabulary/sentencepiece-vocabulary.js'
import { lines } from '../../../language/text/golden.ts'
import { lacks, runPython } from './python.ts'
import { hasTatoeba, tatoeba } from './tatoeba.ts'

const noSentencePiece = lacks('sentencepiece')
const folder = mkdtempSync(join(tmpdir(), 'glassformer-vocabulary-'))
afterAll(() => rmSync(folder, { recursive: true }))

function train(texts: readonly string[], options: Partial<VocabularyOptions> & { size: number }): Uint8Array {
  const trainer = new VocabularyTrainer({ type: 'unigram', ...options })
  for (const text of texts) trainer.add(text)
  return writeSentencePieceModel(trainer.train())
}

const verse = [
  'In Xanadu did Kubla Khan a stately pleasure-dome decree',
  'where Alph, the sacred river, ran through caverns measureless to man',
  'down to a sunless sea.',
  'So twice five miles of fertile ground with walls and towers were girdled round;',
]

const typographic = 'n’avons ‘tu’ n´ai “oui” „ja‟ 5′ 5″ 5‴ peut\u2010être peut\u2011être « non » – \u0149 \u2057'

/** The verse, repeated so often that its characters are not the rare ones. */
const trained = [...lines, ...new Array(20).fill(verse).flat()]

const everything = { size: 900, byteFallback: true, splitDigits: true, placeholders: 3 }
const variants: [string, VocabularyOptions][] = [
  ['unigram', { type: 'unigram', size: 600 }],
  ['bpe', { type: 'bpe', size: 600 }],
  ['unigram with bytes, digits and placeholders', { type: 'unigram', ...everything }],
  ['bpe with bytes, digits and placeholders', { type: 'bpe', ...everything }],
]

const unusual = ['⟦1⟧, le 12⟦3⟧ 1987', 'a⟦2⟧b ⟦4⟧', '😀日本 Ω', 'x\u{10ffff}']

describe.each(variants)('a vocabulary, %s', (name, options) => {
  const bytes = train(trained, options)

  it('is the same bytes whatever the order of the texts', () => {
    expect(Buffer.compare(train(trained.toReversed(), options), bytes)).toBe(0)
  })

  it('restores normalized texts', () => {
    const model = SentencePiece.read(bytes, name)
    for (const text of verse) expect(model.decode(model.encode(text))).toBe(text)
  })

  it.skipIf(noSentencePiece !== null)(
    `cuts as the SentencePiece library does${noSentencePiece === null ? '' : ` (${noSentencePiece})`}`,
    () => {
      const path = join(folder, `${name.replaceAll(' ', '-')}.spm`)
      writeFileSync(path, bytes)
      const model = SentencePiece.read(bytes, name)
      const texts = [
        ...verse,
        ...unusual,
        typographic,
        ...lines.filter((line) => line.isWellFormed() && !line.includes('\0')),
      ]
      const answer = runPython('segment.py', { model: path, texts })
      expect(answer.size).toBe(model.size)
      expect(answer.special).toEqual([model.unkId, model.bosId, model.eosId, model.padId])
      expect(texts.map((text) => model.normalize(text))).toEqual(answer.normalized)
      const ids = texts.map((text) => model.encode(text))
      expect(ids).toEqual(answer.ids)
      expect(ids.map((each) => model.decode(each))).toEqual(answer.decoded)
    },
  )
})

describe('VocabularyTrainer', () => {
  it('has </s> at 0, <unk> at 1 and <pad> last', () => {
    const { texts, types } = readSentencePieceModel(train(verse, { size: 60 }), 'a.spm').pieces
    expect(texts).toHaveLength(60)
    expect([0, 1, 59].map((id) => texts[id])).toEqual(['</s>', '<unk>', '<pad>'])
    expect([0, 1, 59].map((id) => types[id])).toEqual(['control', 'unknown', 'control'])
  })

  it.each(['unigram', 'bpe'] as const)(
    '%s: writes what is no piece in bytes, digit by digit, and placeholders whole',
    (type) => {
      const dates = new Array(40).fill(['le 12 avril 1987', 'en 1987', '⟦1⟧ 12', '12⟦2⟧1987']).flat()
      const bytes = train([...trained, ...dates], { type, ...everything })
      const { texts, types } = readSentencePieceModel(bytes, 'a.spm').pieces
      expect(texts.slice(2, 7)).toEqual(['⟦1⟧', '⟦2⟧', '⟦3⟧', '<0x00>', '<0x01>'])
      expect(types.filter((each) => each === 'byte')).toHaveLength(256)
      expect(texts.filter((text, id) => types[id] === 'normal' && /\d/.test(text) && text.length > 1)).toEqual([])
      expect(texts.filter((text, id) => types[id] === 'normal' && /[⟦⟧]/.test(text))).toEqual([])
      const model = SentencePiece.read(bytes, 'a.spm')
      const cut = (text: string) => model.encodePieces(text).join(' ')
      expect(cut('⟦1⟧1987⟦3⟧')).toBe('▁ ⟦1⟧ 1 9 8 7 ⟦3⟧')
      expect(cut('🜁')).toBe('▁ <0xF0> <0x9F> <0x9C> <0x81>')
      expect(cut('⟦4⟧')).toBe('▁ <0xE2> <0x9F> <0xA6> 4 <0xE2> <0x9F> <0xA7>')
      for (const text of unusual) expect(model.decode(model.encode(text))).toBe(text)
      expect(model.decode(model.encode('🜁').slice(0, -1))).toBe('\ufffd\ufffd\ufffd')
    },
  )

  it('has no pieces of the rarest characters if there are bytes', () => {
    const texts = [...new Array(1000).fill('abc def'), 'ж']
    for (const [byteFallback, has] of [
      [true, false],
      [false, true],
    ])
      expect(
        readSentencePieceModel(train(texts, { size: 300, byteFallback }), 'a.spm').pieces.texts.includes('ж'),
      ).toBe(has)
  })

  it('makes a smaller vocabulary of a text that has not so many pieces', () => {
    const { pieces } = readSentencePieceModel(train(['je suis étudiant', 'merci'], { size: 8000 }), 'a.spm')
    expect(pieces.texts.length).toBeLessThan(60)
    expect(pieces.types.filter((type) => type === 'normal').length).toBeGreaterThan(10)
  })

  it('refuses a size that the characters do not fit in', () => {
    const message = expect.stringMatching(/size: 10 is too small.*; choose at least \d+$/)
    expect(() => train(verse, { size: 10 })).toThrow(expect.objectContaining({ code: 'ERR_OPTION', message }))
    expect(() => train(verse, { size: 250, byteFallback: true })).toThrow(/there are 259 special pieces/)
  })

  it('reports that there is no text', () => {
    expect(() => train(['', '  '], { size: 100 })).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })
})

describe.skipIf(!hasTatoeba)(
  `beside SentencePiece's trainer${hasTatoeba ? '' : ' (the French-English data is not there)'}`,
  () => {
    // The results of SentencePiece 0.2.3, printed by train.py.
    const sentences = (part: 'train' | 'valid', count: number) =>
      tatoeba(part, count).flatMap(({ source, target }) => [source, target])
    const measure = (type: 'unigram' | 'bpe') => {
      const model = SentencePiece.read(train(sentences('train', 20_000), { type, size: 4000 }), 'ours.spm')
      const heldOut = sentences('valid', 2000)
      return {
        pieces: heldOut.reduce((sum, text) => sum + model.encode(text).length, 0),
        score: type === 'unigram' ? heldOut.reduce((sum, text) => sum + model.score(text), 0) : null,
      }
    }

    it('a unigram model makes unseen sentences as likely with as few pieces', () => {
      const { pieces, score } = measure('unigram')
      expect(pieces).toBeLessThan(1.01 * 42_455)
      expect(score).toBeGreaterThan(-1.01 * 268_579.57)
    })

    it('a BPE model splits unseen sentences into exactly as many pieces', () => {
      expect(measure('bpe').pieces).toBe(40_907)
    })
  },
)
