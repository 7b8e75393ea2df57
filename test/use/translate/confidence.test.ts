import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { confidenceFile, readConfidence } from '#dist/files/folders/layout/confidence-file.js'
import { Translator } from '#dist/index.js'
import { calibrationError, logisticRegression, reliability } from '#dist/learn/evaluate/calibration.js'
import { probabilityOf, scoredWords } from '#dist/use/translate/translation/confidence.js'
import { glassformer } from '../../cli/command.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { root } from '../../repository/repository.ts'

const scratch = scratchFolder()

describe('the confidence of a translation', () => {
  let translator: Translator
  beforeAll(async () => {
    translator = await Translator.load(undefined, { workers: 1 })
  })
  afterAll(() => translator.close())

  it('is that of its words, which make up the text', async () => {
    expect(translator.model.hasConfidence).toBe(true)
    const { text, confidence, untranslated } = await translator.translate('Je suis étudiant. Il pleut.', {
      confidence: true,
    })
    expect(confidence!.words.map((word) => word.text).join(' ')).toBe(text)
    for (const { score } of confidence!.words) expect(score).toBeGreaterThan(0.5)
    for (const { text: word, start, end } of confidence!.words) expect(text.slice(start, end)).toBe(word)
    const mean = confidence!.words.reduce((sum, { score }) => sum + score, 0) / confidence!.words.length
    expect(confidence!.score).toBeCloseTo(mean, 9)
    expect(untranslated).toBeUndefined()
    expect((await translator.translate('Il pleut.')).confidence).toBeUndefined()
  })

  it('tells the places of words where others stand in their place, and in passages', async () => {
    for (const source of [
      'Bonjour {name}, cliquez <a href="/x">ici</a>.',
      '  BONJOUR TOUT LE MONDE.\n\nOui. 😀 Merci beaucoup.',
      'Écrivez à moi@example.com. Oui.  Merci beaucoup.',
    ]) {
      const { text, confidence } = await translator.translate(source, { confidence: true, split: 'packed' })
      let at = 0
      for (const { text: word, start, end } of confidence!.words) {
        expect(text.slice(start, end)).toBe(word)
        expect(start).toBeGreaterThanOrEqual(at)
        at = end
      }
      expect(confidence!.words.length).toBeGreaterThan(3)
    }
  })

  it('is lower for what the model does not know', async () => {
    const [easy, hard] = await translator.translate(['Il pleut.', 'Le bistroquet zinzinule des fariboles.'], {
      confidence: true,
    })
    expect(hard.confidence!.score).toBeLessThan(easy.confidence!.score)
  })

  it('keeps sentences below a threshold untranslated, and says where', async () => {
    const source = 'Il pleut. Le bistroquet zinzinule des fariboles.'
    const all = await translator.translate(source, { confidence: true })
    expect(all.text).not.toContain('bistroquet zinzinule')
    const { text, untranslated } = await translator.translate(source, { minConfidence: 0.75 })
    expect(text).toBe("It's raining. Le bistroquet zinzinule des fariboles.")
    expect(untranslated!.map(({ start, end }) => text.slice(start, end))).toEqual([
      'Le bistroquet zinzinule des fariboles.',
    ])
    const told = await translator.translate(source, { minConfidence: 0.75, confidence: true })
    expect(told.confidence!.words.map((word) => word.text)).toEqual(["It's", 'raining.'])
    const pieces: string[] = []
    for await (const piece of translator.stream(source, { minConfidence: 0.75 })) pieces.push(piece.text)
    expect(pieces.join('')).toBe(text)
  })
})

describe('a calibration', () => {
  it('groups tokens into words, with the features of Bergamot', () => {
    const pieces = ['He', 'llo', ' wor', 'ld', '.', '']
    const words = scoredWords([0, 1, 2, 3, 4, 5], [-1, -3, -2, 0, -4, -9], (ids) =>
      ids.map((id) => pieces[id]).join(''),
    )
    expect(words).toEqual([
      { text: 'Hello', features: [-2, -3, 2, -2] },
      { text: 'world.', features: [-2, -4, 3, -2] },
    ])
  })

  it("reads Bergamot's .quality.lr: header, deviations, means, coefficients, intercept", () => {
    const folder = scratchFolder()
    const floats = [1, 2, 0.5, 4, -1, -2, 1, -0.5, 0.25, -0.5, 1, 2, 0.125]
    const bytes = Buffer.alloc(16 + 4 * floats.length)
    bytes.writeBigUInt64LE(0x78cc336f1d54b180n, 0)
    bytes.writeBigUInt64LE(4n, 8)
    floats.forEach((value, i) => bytes.writeFloatLE(value, 16 + 4 * i))
    writeFileSync(join(folder, 'model.quality.lr'), bytes)
    const model = readConfidence(confidenceFile(folder)!)
    const x = [-0.5, -1, 2, -0.25]
    const linear =
      0.125 + (0.25 * (x[0] + 1)) / 1 + (-0.5 * (x[1] + 2)) / 2 + (1 * (x[2] - 1)) / 0.5 + (2 * (x[3] + 0.5)) / 4
    expect(probabilityOf(model, x)).toBeCloseTo(1 - 1 / (1 + Math.exp(-linear)), 9)
    writeFileSync(join(folder, 'model.quality.lr'), bytes.subarray(0, 40))
    expect(() => readConfidence(confidenceFile(folder)!)).toThrow(/cut short/)
    expect(confidenceFile(scratchFolder())).toBeNull()
  })

  it('learns what a regression can know, and measures how well', () => {
    let state = 9
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    }
    const rows = Array.from({ length: 20_000 }, () => [2 * random() - 1, 2 * random() - 1])
    const probability = ([a, b]: number[]) => 1 / (1 + Math.exp(-(1.5 * a - 2 * b + 0.5)))
    const outcomes = rows.map((row) => random() < probability(row))
    const [a, b, c] = logisticRegression(rows, outcomes)
    for (const [found, right] of [
      [a, 1.5],
      [b, -2],
      [c, 0.5],
    ])
      expect(Math.abs(found - right)).toBeLessThan(0.1)
    const said = rows.map((row, i) => ({ probability: probability(row), isTrue: outcomes[i] }))
    expect(calibrationError(reliability(said))).toBeLessThan(0.02)
    const wrong = said.map(({ isTrue }) => ({ probability: 0.95, isTrue }))
    const share = outcomes.filter(Boolean).length / outcomes.length
    expect(calibrationError(reliability(wrong))).toBeCloseTo(0.95 - share, 6)
  })

  it('is a command, which writes into the folder', { timeout: 120_000 }, async () => {
    const folder = join(scratch, 'model')
    cpSync(join(root, 'models/fr-en'), folder, { recursive: true, filter: (path) => !path.endsWith('confidence.json') })
    const options = ['translate', '--model', folder, '--json', '--confidence', 'Merci.']
    expect((await glassformer(options)).stderr).toContain("is not calibrated; 'npx glassformer calibrate'")
    const pairs = join(scratch, 'pairs.tsv')
    const lines = [
      ['Je suis étudiant.', 'I am a student.'],
      ['Il pleut.', "It's raining."],
      ['Merci beaucoup.', 'Thanks a lot.'],
      ['Le chat dort.', 'The cat is asleep.'],
    ]
    writeFileSync(pairs, lines.map((line) => `${line.join('\t')}\n`).join(''))
    const picture = join(scratch, 'curve.svg')
    const { code, stdout } = await glassformer(['calibrate', folder, '--pairs', pairs, '--picture', picture])
    expect(code).toBe(0)
    expect(stdout).toMatch(/expected calibration error: 0\.\d{4} of \d+ words/)
    expect(readFileSync(picture, 'utf8')).toMatch(/^<svg .*<polyline points=/s)
    expect(JSON.parse((await glassformer(options)).stdout).confidence.words[0].text).toMatch(/^Thank/)
  })
})
