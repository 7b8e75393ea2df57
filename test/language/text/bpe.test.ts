import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readSentencePieceModel } from '#dist/formats/pieces/sentencepiece-model.js'
import { SentencePiece } from '#dist/language/text/sentencepiece/sentencepiece.js'
import { goldenBytes } from './golden.ts'

const NAME = 'bpe-byte-fallback-1200.model'
const { pieces } = readSentencePieceModel(goldenBytes(NAME), NAME)
const scores = new Map(pieces.texts.map((text, id) => [text, pieces.types[id] === 'normal' ? pieces.scores[id] : null]))
const scoreOf = (text: string) => scores.get(text) ?? -Infinity

/** The best pair of neighbors becomes one, the leftmost of equals, again and again. */
function merged(text: string): string[] {
  const symbols = [...text]
  for (;;) {
    let best = -1
    let highest = -Infinity
    for (let i = 0; i + 1 < symbols.length; i++) {
      const score = scoreOf(symbols[i] + symbols[i + 1])
      if (score > highest) [best, highest] = [i, score]
    }
    if (best < 0) return symbols
    symbols.splice(best, 2, symbols[best] + symbols[best + 1])
  }
}

it('byte-pair encoding merges the best pair of all again and again, in texts of any length', () => {
  const model = SentencePiece.read(goldenBytes(NAME), NAME)
  const text = fc
    .array(fc.constantFrom(...'aaeinrstlu  '), { maxLength: 700, size: 'max' })
    .map((letters) => letters.join(''))
  fc.assert(
    fc.property(text, (text) => {
      expect(model.encodePieces(text)).toEqual(merged(model.normalize(text)))
    }),
    { numRuns: 30 },
  )
})
