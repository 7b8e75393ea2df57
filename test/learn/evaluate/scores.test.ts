import { expect, test } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { corpusBleu, sentenceBleu } from '#dist/learn/evaluate/bleu.js'
import { corpusChrf } from '#dist/learn/evaluate/chrf.js'
import {
  countEach,
  countMatches,
  ngramOrders,
  numberSymbols,
  rounded,
  splitWords,
  trimEnd,
  withoutWhiteSpace,
} from '#dist/learn/evaluate/ngrams.js'

const failure = (call: () => unknown) => {
  try {
    call()
  } catch (error) {
    if (error instanceof GlassformerError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'no error'
}

test('numbers are printed as Python prints them: ties go to the even digit', () => {
  const printed: [number, number, string][] = [
    [6.25, 1, '6.2'],
    [18.75, 1, '18.8'],
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [0.0625, 3, '0.062'],
    [2.5, 0, '2'],
    [3.5, 0, '4'],
    [1.005, 2, '1.00'], // below the tie in binary
    [0.15, 1, '0.1'], // the same
    [0.25, 1, '0.2'],
    [99.95, 1, '100.0'], // above it
    [100.00000000000004, 2, '100.00'],
    [0, 3, '0.000'],
  ]
  for (const [value, digits, text] of printed) expect(rounded(value, digits), `${value}`).toBe(text)
})

test('white space is that of Python', () => {
  expect(splitWords(' a\x1cb\x1fc\x85d\u00a0e\u3000f\t\n')).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  expect(splitWords('a\ufeffb\u200bc')).toEqual(['a\ufeffb\u200bc'])
  expect(splitWords(' \t')).toEqual([])
  expect(trimEnd('  a b \x85\n')).toBe('  a b')
  expect(trimEnd(' \n')).toBe('')
  expect(withoutWhiteSpace(' a\u2028b\ufeff ')).toBe('ab\ufeff')
})

test('n-grams are counted at every order', () => {
  const symbols = numberSymbols(['abab'.split(''), 'bab'.split(''), []])
  const matches = [...ngramOrders(symbols, 4)].map(({ sequences, distinct }) => {
    const [ours, theirs] = sequences.map((ngrams) => countEach(ngrams, distinct))
    return { lengths: sequences.map(({ length }) => length), distinct, matches: countMatches(ours, theirs) }
  })
  expect(matches).toEqual([
    { lengths: [4, 3, 0], distinct: 2, matches: 3 }, // a b, b a
    { lengths: [3, 2, 0], distinct: 2, matches: 2 }, // ab ba
    { lengths: [2, 1, 0], distinct: 2, matches: 1 }, // bab
    { lengths: [1, 0, 0], distinct: 1, matches: 0 },
  ])
})

test('a sentence is scored over the orders that it has', () => {
  expect(sentenceBleu('a b', ['a b']).score).toBeCloseTo(100, 10)
  expect(sentenceBleu('a b', ['a b']).signature).toContain('|eff:yes|')
  expect(sentenceBleu('a b', ['a b'], { effectiveOrder: false }).score).toBe(0)
})

test('among references that are equally bad the first counts for chrF', () => {
  const hypotheses = ['no', 'yes indeed']
  const score = (...references: string[]) => corpusChrf(hypotheses, [references, ['yes indeed']]).score
  expect(score('abc', 'abcdefghi')).toBe(score('abc'))
  expect(score('abcdefghi', 'abc')).toBe(score('abcdefghi'))
  expect(score('abc')).not.toBe(score('abcdefghi'))
})

test('long texts take time in proportion to their length', () => {
  const text = `${'one, two -'.repeat(20_000)}${' '.repeat(200_000)}end`
  expect(corpusBleu([text], [[text]]).score).toBeCloseTo(100, 10)
  expect(corpusChrf([text], [[text]], { wordOrder: 2 }).score).toBeCloseTo(100, 10)
})

test('values that are not a corpus are refused, with the reason', () => {
  const none = [] as string[]
  for (const score of [corpusBleu, corpusChrf] as const) {
    expect(failure(() => score(none, []))).toBe('ERR_INPUT: there is no sentence to score')
    expect(failure(() => score(['a'], [['a'], ['b']]))).toMatch(/^ERR_INPUT: 1 hypotheses, but references for 2: /)
    expect(failure(() => score(['a', 'b'], [['a'], none]))).toMatch(/^ERR_INPUT: references\[1\] is empty/)
    expect(failure(() => score(['a'], ['a' as unknown as string[]]))).toMatch(
      /^ERR_INPUT: references\[0\] must be a list/,
    )
    expect(failure(() => score(['a'], [['a'].concat(new Array(1))]))).toMatch(
      /^ERR_INPUT: references\[0\] must be a list of texts/,
    )
    expect(failure(() => score(['a'], new Array(1)))).toMatch(/^ERR_INPUT: references\[0\] must be a list of texts/)
    expect(failure(() => score([1 as unknown as string], [['a']]))).toMatch(/^ERR_INPUT: hypotheses must be/)
  }
})

test('options that do not exist or do not fit are refused, with the allowed values', () => {
  const bleu = (options: object) => failure(() => corpusBleu(['a'], [['a']], options))
  expect(bleu({ tokenise: 'none' })).toMatch(/^ERR_OPTION: unknown option 'tokenise': the options are tokenize, /)
  expect(bleu({ tokenize: 'zh' })).toMatch(/^ERR_OPTION: option 'tokenize' must be one of 13a, none, .*, not 'zh'$/)
  expect(bleu({ tokenize: 'toString' })).toMatch(/^ERR_OPTION/)
  expect(bleu({ lowercase: 1 })).toMatch(/^ERR_OPTION: option 'lowercase' must be true or false, not 1/)
  expect(bleu({ smoothingValue: 1 })).toMatch(/^ERR_OPTION: option 'smoothingValue' belongs to 'floor' and 'add-k'/)
  expect(bleu({ smoothing: 'floor', smoothingValue: 0 })).toMatch(
    /^ERR_OPTION: option 'smoothingValue' must be above 0/,
  )
  expect(bleu({ smoothing: 'add-k', smoothingValue: 1e308 })).toMatch(/at most 100, not 1e\+308$/)
  expect(bleu({ maxOrder: 0 })).toMatch(/^ERR_OPTION: option 'maxOrder' must be an integer from 1 to 100/)
  expect(bleu([])).toMatch(/^ERR_OPTION: options must be an object/)
  expect(failure(() => corpusChrf(['a'], [['a']], { beta: 0.5 }))).toMatch(
    /^ERR_OPTION: option 'beta' must be an integer from 1/,
  )
})
