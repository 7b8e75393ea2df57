import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { english, french } from '../../../examples/number-words/numbers.mjs'
import { glassformer } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-fine-tune-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const output = (name: string) => join(folder, name)
const weightsOf = (name: string) => readFileSync(join(output(name), 'model', 'model.safetensors'))

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)
const unit = (n: number) =>
  `<tu><tuv xml:lang="en"><seg>${english(n)}</seg></tuv><tuv xml:lang="fr-FR"><seg>${french(n)}</seg></tuv></tu>`
const tmx = file(
  'domain.tmx',
  `<tmx version="1.4"><header/><body>${numbers(300, 80).map(unit).join('\n')}<tu><tuv xml:lang="en"><seg>alone</seg></tuv></tu></body></tmx>`,
)
const general = file(
  'general.tsv',
  numbers(0, 200)
    .map((n) => `${french(n)}\t${english(n)}\n`)
    .join(''),
)
const sentences = file(
  'sentences.txt',
  numbers(0, 60)
    .map((n) => `${french(n)}\n`)
    .join(''),
)
const first = file(
  'first.json',
  JSON.stringify({
    data: { train: { path: general }, heldOut: 0 },
    vocabulary: { size: 80, sourceLanguage: 'fr', targetLanguage: 'en' },
    model: { dModel: 32, encoderLayers: 1, decoderLayers: 1, heads: 2, dFeedForward: 64 },
    training: { steps: 150, batchTokens: 600, learningRate: 0.01 },
  }),
)
const languages = ['--source-language', 'fr', '--target-language', 'en']
const quick = ['--threads', '1', '--steps', '4', '--batch-tokens', '300', '--held-out', '8', '--learning-rate', '1e-3']
const further = ['train', '--from', output('first/model'), '--tmx', tmx, ...languages]

describe('a model that is trained further', { shuffle: false }, () => {
  test('learns from TMX, with other pairs mixed in, and is measured with TMX', async () => {
    expect(await glassformer(['train', first, '--threads', '1', '--output', output('first')])).toMatchObject({
      code: 0,
    })
    const mixed = ['--mix', `${general}:0.25`, '--watch', 'trois', 'dix-sept', '--output', output('mixed')]
    const { code, stderr } = await glassformer([...further, ...quick, ...mixed])
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('units without a pair, passed over: 1 of 81; unit 81 has no text in fr')
    expect(stderr).toMatch(/before the training · everyday BLEU [\d.]+ · amounts with all digits \d+ of 40/)
    expect(stderr).toMatch(/step 4 · everyday BLEU [\d.]+ · amounts/)
    expect(stderr).toContain('in each epoch 24 pairs mixed in, of 180 (25 %)')
    const test = ['evaluate', '--model', output('mixed/model'), '--test', tmx, '--json']
    const { stdout } = await glassformer([...test, ...languages])
    expect(JSON.parse(stdout)).toMatchObject({ sentences: 80 })
    const own = await glassformer(test) // the languages that the model says
    expect(JSON.parse(own.stdout)).toEqual({ ...JSON.parse(stdout), speed: expect.anything() })
    expect(await glassformer(['train', '--tmx', tmx, '--output', output('no')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'TMX has texts in several languages: give --source-language and --target-language',
      ),
    })
  })

  test('rehearses its own translations, and goes on where a process has been killed, to the same bits', async () => {
    const rehearse = ['--rehearse', `${sentences}:0.5`]
    const run = (name: string) => glassformer([...further, ...quick, ...rehearse, '--output', output(name)])
    expect(await run('whole')).toMatchObject({ code: 0 })
    const translated = readFileSync(output('whole/rehearsal.tsv'), 'utf8')
    expect(translated.split('\n')).toHaveLength(61)
    expect(translated).toMatch(/^zéro\t/)
    rmSync(output('killed'), { recursive: true, force: true })
    await glassformer([...further, ...quick, ...rehearse, '--steps', '1', '--output', output('killed')])
    // As a kill leaves it: no training yet, and a line that is cut short.
    for (const name of [
      'checkpoints',
      'model',
      'origin',
      'settings.json',
      'SHA256SUMS',
      'corpus.json',
      'metrics.jsonl',
    ])
      rmSync(output(`killed/${name}`), { recursive: true, force: true })
    renameSync(output('killed/rehearsal.tsv'), output('killed/rehearsal.tsv.part'))
    writeFileSync(output('killed/rehearsal.tsv.part'), translated.slice(0, Math.floor(translated.length / 2)))
    expect(await run('killed')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/going on from sentence \d+ of 60/),
    })
    expect(readFileSync(output('killed/rehearsal.tsv'), 'utf8')).toBe(translated)
    expect(existsSync(output('killed/rehearsal.tsv.part'))).toBe(false)
    expect(weightsOf('killed').equals(weightsOf('whole'))).toBe(true)
  })

  test('stands beside other trainings on a page, with the sentences that are watched', async () => {
    const page = output('compared.html')
    expect(await glassformer(['report', output('mixed'), output('whole'), '--output', page])).toMatchObject({ code: 0 })
    const html = readFileSync(page, 'utf8')
    for (const text of ['2 trainings side by side', 'data.mix.share', 'Settings that differ'])
      expect(html).toContain(text)
    expect(readFileSync(output('mixed/report.html'), 'utf8')).toContain('dix-sept</p>')
    const nowhere = await glassformer(['report', output('nowhere'), '--output', page])
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('is no folder of a training')])
  })

  test('runs the commands of docs/fine-tune.md', async () => {
    const page = readFileSync(new URL('../../../docs/fine-tune.md', import.meta.url), 'utf8')
    const lines = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) =>
      block!.replaceAll(/\\\n\s*/g, '').split('\n'),
    )
    const commands = lines.flatMap((line) =>
      /^npx glassformer (?:train|evaluate) /.test(line) ? [line.split(' ').slice(2)] : [],
    )
    expect(commands.map(([name]) => name)).toEqual(['train', 'evaluate', 'train', 'evaluate', 'evaluate'])
    /** Small files and models in place of the page's. */
    const inSmall: Record<string, string> = {
      MODEL: output('first/model'),
      'Helsinki-NLP/opus-mt-fr-en': output('first/model'),
      'our.tmx': tmx,
      'domain.tmx': tmx,
      'general.tsv.gz:0.5': `${general}:0.5`,
      'tatoeba-fr-en.train.tsv.gz:0.5': `${general}:0.5`,
      'domain.test.tsv': general,
      'tatoeba-fr-en.test.refs.fr-en.tsv.gz': general,
      'ours/model': output('ours/model'),
      ours: output('ours'),
      200: '4',
    }
    for (const command of commands) {
      if (command[0] === 'train') rmSync(output('ours'), { recursive: true, force: true })
      const { code, stderr } = await glassformer([...command.map((word) => inSmall[word] ?? word), '--threads', '1'])
      expect(code, stderr).toBe(0)
    }
  })

  test('is refused with shares and files that make no sense', async () => {
    const refused = async (...more: string[]) =>
      (await glassformer([...further, ...quick, '--output', output('no'), ...more])).stderr
    expect(await refused('--mix', `${general}:1.5`)).toContain('data.mix.share must be above 0 and at most 0.9')
    expect(await refused('--mix', general, '--rehearse', sentences)).toContain('give --mix or --rehearse: not both')
    expect(await refused('--mix', '/nowhere.tsv:0.5')).toContain('no such file')
    expect(await refused('--xliff', tmx)).toContain('give --tmx or --xliff: not both')
    const bare = ['train', '--tsv', general, '--rehearse', sentences, '--output', output('no')]
    expect((await glassformer(bare)).stderr).toContain('--rehearse needs --from')
    expect(existsSync(output('no'))).toBe(false)
  })
})
