import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extend, type Hypothesis, startHypothesis, tokensOf } from '#dist/engine/decode/hypotheses/hypothesis.js'
import { Loops } from '#dist/engine/decode/search/loops.js'

/** Pieces of a text as tokens, each with an id of its own. */
const pieces: string[] = []
const idOf = (piece: string) => {
  if (!pieces.includes(piece)) pieces.push(piece)
  return pieces.indexOf(piece)
}
const hypothesisOf = (tokens: readonly string[]) =>
  tokens.reduce<Hypothesis>((parent, token) => extend(parent, idOf(token), -1), startHypothesis(0))
const textOf = (hypothesis: Hypothesis) =>
  tokensOf(hypothesis)
    .ids.map((id) => pieces[id])
    .join('')
const loopsOf = (source: string) => new Loops([], { source: () => source, piece: (id) => pieces[id] })

/** The rest of a translation that comes token by token. */
function written(tokens: readonly string[], source = ''): { text: string; loops: boolean } {
  const loops = loopsOf(source)
  let hypothesis = startHypothesis(0)
  for (const token of tokens) {
    hypothesis = extend(hypothesis, idOf(token), -1)
    const cut = loops.cut(hypothesis)
    if (cut) return { text: textOf(cut), loops: true }
  }
  return { text: textOf(hypothesis), loops: false }
}

describe('a translation that repeats itself', () => {
  it.each([
    ['a token', [' to', ' be', ' be', ' be', ' be'], ' to be'],
    ['several tokens', ['we', ' re', 'be', ' re', 'be', ' re', 'be', ' re', 'be'], 'we rebe'],
    ['characters across tokens', ['BA', 'II', 'I', 'III'], 'BAII'],
    ['words without a space in front', ['(', 'so', ' so', ' s', 'o', ' so'], '(so'],
    ['words that are cut in different ways', [' no', ' n', 'o', ' no', ' n', 'o'], ' no'],
    ['one token that has it all', ['well', '......'], 'well'],
    [
      'a phrase longer than a few characters',
      [...'abcdefghijklmnopqrstuvwxyz0'.repeat(4)].map((c) => ` ${c}${c}`),
      [...'abcdefghijklmnopqrstuvwxyz0'].map((c) => ` ${c}${c}`).join(''),
    ],
  ])('is cut before the repetition: %s', (_, tokens, text) => {
    expect(written(tokens)).toEqual({ text, loops: true })
  })

  it.each([
    ['three times', [' very', ' very', ' very', ' good'], ''],
    ['as often as the source', [' no', ' no', ' no', ' no', ' no'], 'Non, non, non, non, non !'],
    ['zeros of the source', ['1', '000', '000', '0'], 'Il y en a 10 000 000.'],
    ['ellipses', ['...', '...'], 'Bon……'],
    ['laughter', ['ha', 'ha', 'ha', 'ha', '!'], 'Ha ha ha ha !'],
  ])('goes on where it has something %s', (_, tokens, source) => {
    expect(written(tokens, source)).toEqual({ text: tokens.join(''), loops: false })
  })

  it('has as many copies as the source if the source has more', () => {
    expect(written(Array(9).fill(' no'), 'non non non non non')).toEqual({ text: ' no no no no no', loops: true })
  })

  it('may not repeat letters because the source repeats punctuation marks', () => {
    expect(written([' no', ' no', ' no', ' no'], 'Non !!!!!!')).toEqual({ text: ' no', loops: true })
  })

  it('is judged by its ids if there are no texts', () => {
    const loops = new Loops([5, 6, 5, 6, 0], null)
    const from = (ids: number[]) => ids.reduce((parent, id) => extend(parent, id, -1), startHypothesis(0))
    expect(loops.cut(from([9, 7, 8, 7, 8, 7, 8]))).toBeNull()
    expect(tokensOf(loops.cut(from([9, 7, 8, 7, 8, 7, 8, 7, 8]))!).ids).toEqual([9, 7, 8])
    expect(new Loops([5, 5, 5, 5, 0], null).cut(from([7, 7, 7, 7]))).toBeNull()
  })

  it('has nothing four times in a row, and never loses a part that was certain', () => {
    const token = fc.constantFrom('a', 'b', ' a', ' ab', 'aa', 'ba', '.', ' ', '')
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        const loops = loopsOf('')
        let hypothesis = startHypothesis(0)
        let certain = ''
        for (const each of tokens) {
          hypothesis = extend(hypothesis, idOf(each), -1)
          const cut = loops.cut(hypothesis)
          const text = textOf(cut ?? hypothesis)
          expect(text.startsWith(certain.trimEnd())).toBe(true)
          expect(text).not.toMatch(/(.{1,24})\1{3}/)
          if (cut) return
          certain = textOf(loops.certain(hypothesis))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is recognized by its last tokens alone', () => {
    expect(loopsOf('').cut(hypothesisOf(['x', 'x', 'x', 'x', 'y']))).toBeNull()
  })
})
