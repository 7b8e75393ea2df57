import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { SHORTLIST_FILE } from '#dist/files/folders/layout/shortlist-file.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import { Translator } from '#dist/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { glassformer, hasTerminals, onTerminal, shellCommand } from '../command.ts'

const scratch = scratchFolder()
const embedded = fileURLToPath(new URL('../../../models/fr-en', import.meta.url))
const folder = join(scratch, 'model')
const [french, english, table] = ['pairs.fr', 'pairs.en', 'pairs.tsv'].map((name) => join(scratch, name))
const pairs = [
  ['Je suis étudiant.', 'I am a student.'],
  ['Merci.', 'Thank you.'],
  ['Je suis fatigué.', "I'm tired."],
  ['Il est étudiant.', "He's a student."],
  ['Il fait froid ce matin.', "It's cold this morning."],
]
writeFileSync(table, pairs.map((pair) => `${pair.join('\t')}\n`).join(''))
writeFileSync(french, pairs.map(([source]) => `${source}\n`).join(''))
writeFileSync(english, pairs.map(([, target]) => `${target}\n`).join(''))

const learning = ['shortlist', folder, '--tsv', table, '--per-token', '4', '--frequent', '3']
let said: Awaited<ReturnType<typeof glassformer>>
beforeAll(async () => {
  cpSync(embedded, folder, { recursive: true })
  said = await glassformer(learning)
})

describe('glassformer shortlist', () => {
  test('writes the table into the model folder and describes it', () => {
    const { code, stdout, stderr } = said
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /shortlist\.safetensors: 3 tokens always, \d\.\d of each source token; \d+\.\d kB, from 5 pairs in \d+ s\n$/,
    )
    const { shortlist, tokenizer } = loadFolder(folder)
    const { offsets, targets } = shortlist!
    const text = createTokenizer(tokenizer)!
    const [student] = text.encode('étudiant')
    const likely = [...targets.subarray(offsets[student], offsets[student + 1])].map((id) => text.piece(id))
    expect(likely.slice(0, 2).join(' ')).toContain('student')
    expect(offsets[student + 1] - offsets[student]).toBeLessThanOrEqual(5) // the token itself beside the four
  })

  test('translate and evaluate choose from the table with --shortlist', async () => {
    const { stdout } = await glassformer(['translate', '--model', folder, '--shortlist', 'Je suis étudiant.', 'Merci.'])
    expect(stdout).toBe('I am a student.\nThank you.\n')
    // Nothing that could translate these words is in the table.
    const unknown = 'Le chat dort.'
    const plain = await glassformer(['translate', '--model', folder, unknown])
    expect((await glassformer(['translate', '--model', folder, '--shortlist', unknown])).stdout).not.toBe(plain.stdout)
    const scores = await glassformer(['evaluate', '--model', folder, '--test', table, '--shortlist'])
    expect(scores).toMatchObject({ code: 0, stdout: expect.stringMatching(/^BLEU/) })
    expect((await glassformer(['info', '--model', folder])).stdout).toMatch(
      /shortlist +3 tokens always, \d\.\d of each/,
    )
  })

  test('listing --part step shows the step that chooses from the table with --shortlist', async () => {
    const step = ['listing', '--model', folder, '--part', 'step', '--shortlist']
    expect((await glassformer(step)).stdout).toMatch(/^listedStep · (.|\n)* listedCandidates (.|\n)*listed\.ids/)
    const { stdout } = await glassformer([...step, '--text', 'Merci.', '--beams', '2', '--length', '3', '--profile'])
    expect(stdout).toMatch(/^listedStep · .*R = 2, (.|\n)*medians of/)
    expect(await glassformer(['listing', '--part', 'step', '--shortlist'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^glassformer: ERR_OPTION: option 'shortlist': .*fr-en has no table for it/),
    })
  })

  test('--test prints the cost of the table: the scores of evaluate without --shortlist and with it', async () => {
    const set = join(scratch, 'test.tsv')
    writeFileSync(
      set,
      [...pairs, ['Le chat dort.', 'The cat is sleeping.']].map((pair) => `${pair.join('\t')}\n`).join(''),
    )
    const bleu = async (...more: string[]) => {
      const args = ['evaluate', '--model', folder, '--test', set, '--beams', '2', '--json', ...more]
      return JSON.parse((await glassformer(args)).stdout).bleu.score.toFixed(2)
    }
    const { code, stdout, stderr } = await glassformer([...learning, '--test', set, '--beams', '2'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const scores = [await bleu(), await bleu('--shortlist')]
    expect(scores[0]).not.toBe(scores[1])
    expect(stdout.split('\n')[1]).toContain(`${set}: BLEU ${scores[0]} without the table, ${scores[1]} with it: -`)
  })

  test('--json prints the table and the scores as an object', async () => {
    const { code, stdout, stderr } = await glassformer([...learning, '--json', '--test', table])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const made = JSON.parse(stdout)
    expect(made).toMatchObject({ path: join(folder, SHORTLIST_FILE), always: 3, pairs: 5, tests: [{ test: table }] })
    expect(made.bytes).toBe(readFileSync(made.path).length)
    const [{ without, with: withIt, difference }] = made.tests
    expect(difference).toBe(withIt - without)
  })

  test.skipIf(!hasTerminals)('a terminal shows the rate, and from the second pass on the time left', () => {
    const [many, other] = [join(scratch, 'many.tsv'), join(scratch, 'other')]
    cpSync(embedded, other, { recursive: true })
    writeFileSync(many, Array.from({ length: 10_000 }, (_, i) => `Il a ${i} ans.\tHe is ${i}.\n`).join(''))
    const { stdout, status } = onTerminal(
      shellCommand('shortlist', other, '--tsv', many, '--iterations', '3', '--test', table),
    )
    expect(status).toBe(0)
    expect(stdout).toMatch(/pass 1 of 3 · [\d,]+ pairs? · [\d,]+ pairs?\/s/)
    expect(stdout).toMatch(/pass [23] of 3 · \d+ s left · [\d,]+ pairs · [\d,]+ pairs?\/s/)
    expect(stdout).toMatch(/100 % · 0 s left · 5 sentences · [\d,]+ sentences?\/s/)
    const refused = onTerminal(shellCommand('shortlist', other, '--tsv', table, '--test', table, '--no-progress'))
    expect(refused.stdout).not.toMatch(/pass|sentences/)
  })

  test('two parallel files make the same table', async () => {
    const before = readFileSync(join(folder, SHORTLIST_FILE))
    const args = ['shortlist', folder, '--source', french, '--target', english, '--per-token', '4', '--frequent', '3']
    expect((await glassformer(args)).code).toBe(0)
    expect(readFileSync(join(folder, SHORTLIST_FILE))).toEqual(before)
  })

  test('wrong usage, missing pairs and a model without a table are reported', async () => {
    expect(await glassformer(['shortlist', folder, '--tsv', table, '--source', french])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('give both --source and --target'),
    })
    expect(await glassformer(['shortlist', folder])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--tsv'),
    })
    const empty = join(scratch, 'empty.tsv')
    writeFileSync(empty, '')
    expect(await glassformer(['shortlist', folder, '--tsv', empty])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ERR_INPUT.*is empty/),
    })
    expect(await glassformer(['shortlist', folder, '--tsv', table, '--beams', '2'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--beams is for measuring: give --test too'),
    })
    const before = readFileSync(join(folder, SHORTLIST_FILE))
    const args = ['shortlist', folder, '--tsv', table, '--per-token', '1', '--test', join(scratch, 'none.tsv')]
    expect(await glassformer(args)).toMatchObject({ code: 1, stderr: expect.stringMatching(/ERR_FILE.*none\.tsv/) })
    expect(readFileSync(join(folder, SHORTLIST_FILE))).toEqual(before)
    expect(await glassformer(['translate', '--shortlist', 'Merci.'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ERR_OPTION.*fr-en has no table/),
    })
  })
})

test('glassformer shortlist says how many lines have no pair', async () => {
  const model = join(scratch, 'other')
  const some = join(scratch, 'some.tsv')
  cpSync(embedded, model, { recursive: true })
  writeFileSync(some, `${readFileSync(table, 'utf8')}Bonjour.\n`)
  expect(await glassformer(['shortlist', model, '--tsv', some, '--iterations', '1'])).toMatchObject({
    code: 0,
    stderr: 'lines without a pair, passed over: 1 of 6\n',
  })
})

test('Translator: option shortlist, in workers and on the calling thread', async () => {
  const translator = await Translator.load(folder)
  expect(translator.model.hasShortlist).toBe(true)
  const options = { shortlist: true, beams: 2 }
  const { text, score } = await translator.translate('Je suis fatigué.', options)
  expect(text).toBe("I'm tired.")
  expect(translator.translateSync('Je suis fatigué.', options)).toMatchObject({ text, score })
  await translator.close()
})
