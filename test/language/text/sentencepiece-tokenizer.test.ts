import { describe, expect, it } from 'vitest'
import { SentencePiece } from '#dist/language/text/sentencepiece/sentencepiece.js'
import { createSentencePieceTokenizer } from '#dist/language/text/sentencepiece-tokenizer.js'
import { goldenBytes, lines } from './golden.ts'

describe('createSentencePieceTokenizer', () => {
  const source = goldenBytes('unigram-cf-1000.model')
  const target = goldenBytes('bpe-byte-fallback-1200.model')
  const [sourceModel, targetModel] = [source, target].map((bytes) => SentencePiece.read(bytes, 'x'))
  const tokenizer = createSentencePieceTokenizer({ source, target, where: 'folder' })

  it('gives the ids of the model, with </s> last, and none for a text with nothing in it', () => {
    expect(tokenizer.encode('Le chat')).toEqual([...sourceModel.encode('Le chat'), 2])
    expect(tokenizer.encodeTarget('Le chat')).toEqual([...targetModel.encode('Le chat'), 2])
    expect(tokenizer.encode(' ')).toEqual([2])
    expect(tokenizer.encodeTarget('')).toEqual([2])
    expect(tokenizer.sourceSize).toBe(1000)
  })

  it('decodes target ids', () => {
    for (const line of lines)
      expect(tokenizer.decode(tokenizer.encodeTarget(line))).toBe(targetModel.decode(targetModel.encode(line)))
    expect([tokenizer.piece(590), tokenizer.sourcePiece(5)]).toEqual(['▁Le', '<sep>'])
  })

  it('uses the source model for both sides when there is no other', () => {
    const joint = createSentencePieceTokenizer({ source, where: 'folder' })
    expect(joint.encodeTarget('Le chat')).toEqual(joint.encode('Le chat'))
  })

  it('has pieces beyond the file that a folder adds, and leaves them out when decoding', () => {
    const padded = createSentencePieceTokenizer({ source, extraPieces: ['<pad>'], where: 'folder' })
    expect([padded.sourceSize, padded.piece(1000)]).toEqual([1001, '<pad>'])
    expect(padded.decode([1000, ...padded.encode('le chat'), 1000])).toBe('le chat')
    expect(() => padded.decode([1001])).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
    expect(() => padded.piece(1001)).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }))
  })

  it('refuses an end that is no id', () => {
    for (const endId of [-1, 1000, 0.5])
      expect(() => createSentencePieceTokenizer({ source, endId, where: 'folder' })).toThrow(
        /^folder: the end of a sentence has the id .*endId/,
      )
  })
})
