import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import { cases, referencesOf } from '../../learn/evaluate/golden.ts'
import { glassformer, hasTerminals, isSlow, onTerminal, quoted, shellCommand } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-evaluate-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')

const varying = cases.find(({ name }) => name === 'variable-references')!
const tie = cases.find(({ name }) => name === 'length-tie')!
const goldenText = (scores: typeof varying.bleu | typeof varying.chrf, options = {}) =>
  scores.find((golden) => JSON.stringify(golden.options) === JSON.stringify(options))!.text.replace(/^\S+/, '')

const translated = file('translated.txt', text(varying.hypotheses))
const rows = referencesOf(varying).map((references, i) => [`source ${i}`, ...references].join('\t'))
const table = file('table.tsv', text(rows))

test('evaluate translates a line as one sentence, and splits it where --split says so', async () => {
  const source = "Regarde ! L'avion est en train de décoller."
  await using translator = await Translator.load(undefined, { backend: isSlow ? 'js' : 'auto' })
  const [whole, split] = await Promise.all(
    (['never', 'always'] as const).map((each) => translator.translate(source, { beams: 4, split: each })),
  )
  expect(whole.text).not.toBe(split.text)
  const test = file('whole.tsv', `${source}\t${whole.text}\n`)
  const bleuOf = async (...more: string[]) =>
    JSON.parse((await glassformer(['evaluate', '--test', test, '--beams', '4', '--json', ...more])).stdout).bleu.score
  expect(await bleuOf()).toBeCloseTo(100)
  expect(await bleuOf('--split', 'auto')).toBeLessThan(99)
})

describe('glassformer evaluate', () => {
  test('scores a file against a table, with signatures', async () => {
    const { code, stdout, stderr } = await glassformer(['evaluate', '--hypotheses', translated, '--test', table])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [bleu, chrf, ...more] = stdout.split('\n')
    expect(bleu).toMatch(/^BLEU\|nrefs:var\|case:mixed\|eff:no\|tok:13a\|smooth:exp\|version:glassformer-[\d.]+ = /)
    expect(chrf).toMatch(/^chrF2\|nrefs:var\|case:mixed\|eff:yes\|nc:6\|nw:0\|space:no\|version:glassformer-[\d.]+ = /)
    expect(bleu.endsWith(goldenText(varying.bleu))).toBe(true)
    expect(chrf.endsWith(goldenText(varying.chrf))).toBe(true)
    expect(more).toEqual(['']) // nothing was translated: there is no speed
  })

  test('takes each text file for a set of references, and either kind of line end', async () => {
    const hypotheses = file('tie.txt', tie.hypotheses.join('\r\n'))
    const sets = tie.references.map((set, i) => file(`tie-${i}.txt`, `\uFEFF${text(set as string[])}`))
    const { stdout } = await glassformer(['evaluate', '--hypotheses', hypotheses, '--references', ...sets])
    expect(stdout).toContain('|nrefs:2|')
    expect(stdout).toContain(`${goldenText(tie.bleu)}\n`)
    expect(stdout).toContain(`${goldenText(tie.chrf)}\n`)
  })

  test.skipIf(!existsSync('/dev/stdin'))('reads pipes too', () => {
    const command = shellCommand('evaluate', '--hypotheses', '/dev/stdin', '--test', table)
    const stdout = execFileSync('sh', ['-c', `cat ${quoted(translated)} | ${command}`], { encoding: 'utf8' })
    expect(stdout).toContain(`${goldenText(varying.bleu)}\n`)
  })

  test('--tokenize, --lowercase, packed files, --json', async () => {
    const packed = file('table.tsv.gz', gzipSync(text(rows)))
    const run = (...options: string[]) =>
      glassformer(['evaluate', '--hypotheses', translated, '--references', packed, '--json', ...options])
    const [none, lower] = await Promise.all([run('--tokenize', 'none'), run('--lowercase')])
    const { sentences, bleu } = JSON.parse(none.stdout)
    expect(sentences).toBe(varying.hypotheses.length)
    expect(bleu.text.endsWith(goldenText(varying.bleu, { tokenize: 'none' }))).toBe(true)
    expect(bleu.signature).toContain('|tok:none|')
    const { bleu: lowerBleu, chrf: lowerChrf, speed } = JSON.parse(lower.stdout)
    expect(lowerBleu.text.endsWith(goldenText(varying.bleu, { lowercase: true }))).toBe(true)
    expect(lowerChrf.text.endsWith(goldenText(varying.chrf, { lowercase: true }))).toBe(true)
    expect(lowerChrf.signature).toContain('|case:lc|')
    expect(speed).toBeUndefined()
  })

  test('translates sources with a model, and prints the speed', async () => {
    const sources = file('sources.fr', text(['Je suis étudiant.', '', 'Merci.']))
    const references = file('references.en', text(['I am a student.', '', 'Thank you.']))
    const files = ['--sources', sources, '--references', references]
    const { code, stdout, stderr } = await glassformer(['evaluate', ...files, '--beams', '1', '--workers', '1'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^BLEU\|nrefs:1\|.* = \d/)
    expect(stdout).toMatch(
      /\nfr-en: 3 sentences in [\d.]+ s by (js|native) .*: [\d,]+ sentences?\/s, [\d,]+ tokens?\/s\n$/,
    )

    const json = JSON.parse((await glassformer(['evaluate', ...files, '--json'])).stdout)
    expect(json).toMatchObject({ sentences: 3, model: 'fr-en', backend: expect.stringMatching(/^(js|native) /) })
    const { seconds, sentencesPerSecond, tokensPerSecond } = json.speed
    expect(sentencesPerSecond).toBeCloseTo(3 / seconds, 6)
    expect(tokensPerSecond).toBeGreaterThan(sentencesPerSecond)
  })

  test('shows progress, rate and time left with --progress', async () => {
    const sentences = Array.from({ length: 300 }, (_, i) => `Il a ${i} ans, et il fait froid ce matin.`)
    const table = file('many.tsv', text(sentences.map((sentence) => `${sentence}\tHe is.`)))
    const args = ['evaluate', '--test', table, '--beams', '1', '--workers', '1']
    const { code, stderr } = await glassformer([...args, '--progress'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/░ 0 % · 0 sentences/)
    expect((await glassformer([...args, '--no-progress'])).stderr).toBe('')
  })

  test.skipIf(!hasTerminals)('shows progress on a terminal by default', () => {
    const sentences = Array.from({ length: 2000 }, (_, i) => `Il a ${i} ans, et il fait froid ce matin.`)
    const table = file('terminal.tsv', text(sentences.map((sentence) => `${sentence}\tHe is.`)))
    const { stdout } = onTerminal(shellCommand('evaluate', '--test', table, '--beams', '1', '--workers', '1'))
    expect(stdout).toMatch(/ [1-9]\d? % · [^·\r\n]+ left · [\d,]+ sentences? · [\d,]+ sentences?\/s/)
  })

  test('a sentence that the model cannot take counts as empty, is reported on standard error, and fails the command', async () => {
    const sources = file('long.fr', text(['Merci.', 'mot '.repeat(1000), 'Merci.']))
    const references = file('long.en', text(['Thank you.', 'word', 'Thank you.']))
    const args = ['evaluate', '--sources', sources, '--references', references, '--json']
    const { code, stdout, stderr } = await glassformer(args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^glassformer: ERR_INPUT_TOO_LONG: sentence 2, which counts as empty: .*\n$/)
    expect(JSON.parse(stdout)).toMatchObject({ sentences: 3 })
  })

  test.each([
    [
      'of different lengths',
      ['--references', file('short.txt', 'a\nb\n')],
      /ERR_INPUT: .*translated\.txt has 60 lines, but .*short\.txt has 2 lines/,
    ],
    [
      'that are missing',
      ['--references', join(folder, 'nothing.txt')],
      /ERR_FILE: cannot read .*nothing\.txt: there is no such file/,
    ],
    ['that are empty', ['--references', file('empty.txt', '')], /ERR_INPUT: .*empty\.txt is empty/],
    [
      'that are not UTF-8',
      ['--references', file('latin.txt', Buffer.from('caf\xff\n', 'latin1'))],
      /ERR_INPUT: .*latin\.txt, line 1: it is not UTF-8/,
    ],
    [
      'without a reference in a row',
      ['--test', file('bare.tsv', 'a\tb\nc\t\n')],
      /ERR_INPUT: .*bare\.tsv: line 2 has no reference/,
    ],
    [
      'cut short',
      ['--test', file('cut.tsv.gz', gzipSync('a\tb\n').subarray(0, 15))],
      /ERR_FILE: .*cut\.tsv\.gz, line 2: the gzip file is cut off here/,
    ],
  ] as const)('refuses files %s', async (_, options, message) => {
    const { code, stdout, stderr } = await glassformer(['evaluate', '--hypotheses', translated, ...options])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test.each([
    ['no references', [], /give references/],
    ['nothing to score', ['--references', table], /give --hypotheses, or what a model is to translate/],
    ['sources twice', ['--test', table, '--sources', table], /give --sources or --test/],
    [
      'beams without a model',
      ['--test', table, '--hypotheses', translated, '--beams', '4'],
      /--beams is for translating/,
    ],
    [
      'a shortlist without a model',
      ['--test', table, '--hypotheses', translated, '--shortlist'],
      /--shortlist is for translating/,
    ],
    ['progress without a model', ['--test', table, '--hypotheses', translated, '--progress'], /--progress is for/],
    ['an unknown tokenizer', ['--test', table, '--tokenize', 'zh'], /Allowed choices are 13a, none, char, intl/],
  ] as const)('wrong usage: %s', async (_, options, message) => {
    const { code, stderr } = await glassformer(['evaluate', ...options])
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})
