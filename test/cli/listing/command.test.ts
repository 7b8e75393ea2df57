import { describe, expect, test } from 'vitest'
import { glassformer } from '../command.ts'

const listing = async (...args: string[]) => {
  const { code, stdout, stderr } = await glassformer(['listing', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trimEnd().split('\n')
}

describe('glassformer listing', () => {
  test('prints the encoder with symbols for rows', async () => {
    const lines = await listing()
    expect(lines[0]).toMatch(/^encoder · \d+ instructions$/)
    expect(lines[1]).toMatch(/embed .*source\.tokens.*→ encoder\.embedded \[S, 256\]/)
    expect(lines.at(-1)).toMatch(/^total: [\d.]+ MFLOP a row of S/)
  })

  test('prints the precision of weights, where it is not float32', async () => {
    expect((await listing())[1]).toMatch(/ embedding\.weight in int8,/)
    expect((await listing('--precision', 'bfloat16'))[1]).toMatch(/ embedding\.weight in bfloat16,/)
    expect((await listing('--precision', 'float32'))[1]).toMatch(/ embedding\.weight,/)
  })

  test('--part chooses the program', async () => {
    for (const part of ['encoder', 'step', 'forced']) expect((await listing('--part', part))[0]).toContain(`${part} ·`)
  })

  test('sums the cost of each kind of pair separately: a step has its past and its sources', async () => {
    expect((await listing('--part', 'step')).at(-1)).toMatch(
      /^total: [\d.]+ MFLOP a row of R \+ 2\.05 kFLOP a pair of P\(pasts\) \+ 2\.05 kFLOP a pair of P\(queries, sources\)$/,
    )
    expect((await listing()).at(-1)).toMatch(/ \+ 6\.14 kFLOP a pair of P\(sources, sources\)$/)
  })

  test('--text binds it: rows, spans and FLOPs', async () => {
    const lines = await listing('--text', 'Je suis étudiant.', '--text', 'Merci.')
    expect(lines[0]).toMatch(/· S = 8, .*B = 2/)
    expect(lines[1].trim()).toBe('sources: [0, 5) [5, 8)')
    expect(lines[2]).toContain('encoder.embedded [8, 256]')
    expect(lines.at(-1)).toMatch(/^total: [\d.]+ MFLOP$/)
  })

  test('lists an empty text, which is the end alone', async () => {
    const { code, stdout } = await glassformer(['listing', '--text', ''])
    expect(code).toBe(0)
    expect(stdout).toContain('sources: [0, 1)')
  })

  test('refuses a text longer than the model takes', async () => {
    expect(await glassformer(['listing', '--part', 'step', '--length', '513'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^glassformer: ERR_OPTION: a step over 513 tokens .* limit is 512\n$/),
    })
    expect(await glassformer(['listing', '--text', 'mot '.repeat(600)])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^glassformer: ERR_INPUT_TOO_LONG: a source of \d+ tokens is longer .*\n$/),
    })
  })

  test('the first step has one row a sentence, a later one a row for each beam over the cache that it asks for', async () => {
    const [first] = await listing('--part', 'step', '--text', 'Merci.')
    expect(first).toMatch(/R = 1, .*A = 1, .*B = 1/)
    const lines = await listing('--part', 'step', '--text', 'Merci.', '--beams', '3', '--length', '40')
    expect(lines[0]).toMatch(/R = 3, .*A = 120, .*B = 1, E = 3,/)
    expect(lines[1].trim()).toBe('pasts: [0, 40) [40, 80) [80, 120)')
    expect(lines[3].trim()).toBe('sources: [0, 3)')
  })

  test('greedy search normalizes after its edits, as in the decoder', async () => {
    expect((await listing('--part', 'step', '--beams', '1')).at(-2)).toMatch(/ normalize after /)
    expect((await listing('--part', 'step', '--beams', '2')).at(-2)).toMatch(/ normalize before /)
  })

  test('forced: the translation of the text, in one pass', async () => {
    const [first] = await listing('--part', 'forced', '--text', 'Merci.')
    expect(first).toMatch(/S = 3, .*T = [345]\b/)
  })

  test('--profile adds median times and rates, on either backend', async () => {
    for (const backend of ['auto', 'js']) {
      const { code, stdout } = await glassformer(['listing', '--part', 'step', '--profile', '--backend', backend])
      expect(code).toBe(0)
      const lines = stdout.trimEnd().split('\n')
      expect(lines.at(-1)).toMatch(/^times: medians of [\d,]+ runs$/)
      expect(lines.at(-2)).toMatch(
        /^total: .*FLOP in [\d.]+ [mµ]?s, [\d.]+ [mµ]?s \(\d+ %\) of it in what reads [\d.]+ MB of weights, [\d.]+ [MG]B\/s$/,
      )
      expect(
        lines.filter((line) => / linear .*FLOP {2,}[\d.]+ [mµn]s {2,}[\d.]+ [MG]?FLOP\/s$/.test(line)).length,
      ).toBeGreaterThan(10)
    }
  })
})
