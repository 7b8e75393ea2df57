import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { basicText } from '#dist/learn/evaluate/basic-normalizer.js'
import { englishText } from '#dist/learn/evaluate/english-normalizer.js'
import { added, characterErrors, errorRate, errorsOf, noErrors, wordErrors } from '#dist/learn/evaluate/error-rate.js'

// test/golden/whisper-normalizer/make.py writes what the packages whisper_normalizer and jiwer compute.
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../golden/whisper-normalizer/golden.json'), 'utf8'),
) as Record<'english' | 'basic' | 'split', [text: string, normal: string][]> & {
  rates: [said: string, heard: string, words: number, characters: number][]
  corpus: [words: number, characters: number]
}

describe("Whisper's normalizers", () => {
  const differing = (pairs: [string, string][], normalize: (text: string) => string) =>
    pairs
      .map(([text, normal]) => ({ text, ours: normalize(text), normal }))
      .filter(({ ours, normal }) => ours !== normal)

  test('English texts are those of the original', () => {
    expect(golden.english.length).toBeGreaterThan(600)
    expect(differing(golden.english, englishText)).toEqual([])
  })

  test('texts of other languages are those of the original, also in single characters', () => {
    expect(golden.basic.length).toBeGreaterThan(100)
    expect(differing(golden.basic, (text) => basicText(text))).toEqual([])
    expect(differing(golden.split, (text) => basicText(text, true))).toEqual([])
  })
})

describe('error rates', () => {
  test("are jiwer's, of each text and of all", () => {
    for (const [said, heard, words, characters] of golden.rates) {
      expect(errorRate(wordErrors(said, heard))).toBeCloseTo(words, 12)
      expect(errorRate(characterErrors(said, heard))).toBeCloseTo(characters, 12)
    }
    const all = (errors: typeof wordErrors) =>
      errorRate(golden.rates.map(([said, heard]) => errors(said, heard)).reduce(added, noErrors))
    expect([all(wordErrors), all(characterErrors)].map((rate, i) => rate - golden.corpus[i])).toEqual([
      expect.closeTo(0, 12),
      expect.closeTo(0, 12),
    ])
  })

  test('substitutions, insertions and deletions are told apart', () => {
    expect(wordErrors('the cat sat here', 'a cat sat')).toEqual({
      substitutions: 1,
      insertions: 0,
      deletions: 1,
      units: 4,
    })
    expect(errorsOf([], ['a', 'b'])).toEqual({ substitutions: 0, insertions: 2, deletions: 0, units: 0 })
    // Two substitutions, or an insertion and a deletion around what is right: the second has more words right.
    expect(wordErrors('a b', 'b c')).toEqual({ substitutions: 0, insertions: 1, deletions: 1, units: 2 })
  })
})
