import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { corpusBleu, sentenceBleu } from '#dist/learn/evaluate/bleu.js'
import { bleuTokenizers, unicodeClasses } from '#dist/learn/evaluate/bleu-tokenizers.js'
import { corpusChrf, sentenceChrf } from '#dist/learn/evaluate/chrf.js'
import { asOurs, cases, ourOptions, referencesOf, tokenLines } from './golden.ts'

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))

/** The last bits of exp and log differ between machines. */
const expectEqual = (ours: number, theirs: number) =>
  expect(Math.abs(ours - theirs), `${ours} for ${theirs}`).toBeLessThanOrEqual(1e-13 * Math.abs(theirs))

describe.each(cases)('$name: $about', (given) => {
  const { hypotheses, bleu, chrf, sentence_bleu, sentence_chrf } = given
  const references = referencesOf(given)

  test.each(bleu)('BLEU, $options', (golden) => {
    const score = corpusBleu(hypotheses, references, ourOptions(golden.options))
    expect(score).toMatchObject({
      counts: golden.counts,
      totals: golden.totals,
      hypothesisLength: golden.sys_len,
      referenceLength: golden.ref_len,
      signature: asOurs(golden.signature, version),
      text: golden.text,
    })
    expectEqual(score.score, golden.score)
    expectEqual(score.brevityPenalty, golden.bp)
    golden.precisions.forEach((precision, i) => expectEqual(score.precisions[i], precision))
    expect(score.precisions).toHaveLength(golden.precisions.length)
  })

  test.each(chrf)('chrF, $options', (golden) => {
    const score = corpusChrf(hypotheses, references, ourOptions(golden.options))
    expect(score).toMatchObject({ signature: asOurs(golden.signature, version), text: golden.text })
    expectEqual(score.score, golden.score)
  })

  test.each(sentence_bleu)('BLEU of single sentences, $options', ({ options, scores }) => {
    const ours = { effectiveOrder: false, ...ourOptions(options) } // sacreBLEU's default, not ours
    for (const { line, score } of scores)
      expectEqual(sentenceBleu(hypotheses[line], references[line], ours).score, score)
  })

  test.each(sentence_chrf)('chrF of single sentences, $options', ({ options, scores }) => {
    for (const { line, score } of scores)
      expectEqual(sentenceChrf(hypotheses[line], references[line], ourOptions(options)).score, score)
  })
})

test.each(['13a', 'intl', 'char'] as const)('tokenizer %s tokenizes difficult lines as sacreBLEU does', (name) => {
  expect(tokenLines.map(({ text }) => bleuTokenizers[name](text))).toEqual(tokenLines.map((line) => line[name]))
})

describe("intl, by the Unicode version of Python's regex 2026.5.9 (17.0) on every version of Node.js", () => {
  // Punctuation and symbols added in Unicode 15, 16 and 17, as that regex classifies them.
  const ranges = [
    [0x20c1, 0x20c1],
    [0x2427, 0x2429],
    [0x2ffc, 0x2fff],
    [0x1cc00, 0x1ccef],
    [0x1fae9, 0x1faea],
    [0x11b00, 0x11b09],
  ]
  const points = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))

  test('new punctuation and symbols are separated', () => {
    for (const point of points) {
      const character = String.fromCodePoint(point)
      expect(bleuTokenizers.intl(`a${character}b`)).toEqual(['a', character, 'b'])
    }
  })

  test('the numbers of digits, punctuation marks and symbols agree', () => {
    const countOf = (gapsAndCounts: string) =>
      gapsAndCounts.split(' ').reduce((sum, number, i) => sum + (i % 2 ? Number.parseInt(number, 36) : 0), 0)
    expect(Object.values(unicodeClasses).map(countOf)).toEqual([1924, 856, 8617])
  })

  test('nothing depends on Node.js, whose Unicode changes with each version', () => {
    const source = readFileSync(new URL('../../../src/learn/evaluate/bleu-tokenizers.ts', import.meta.url), 'utf8')
    expect(source).not.toMatch(/\\p\{/i)
  })
})
