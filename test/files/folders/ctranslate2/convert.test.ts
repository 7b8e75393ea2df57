import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { exportFolder } from '#dist/files/folders/export.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { tokenizerFile } from '#dist/formats/disk/file-limit.js'
import { zipFolder } from '#dist/formats/zip/zip-folder.js'
import { Translator } from '#dist/index.js'
import { glassformer } from '../../../cli/command.ts'
import { lacks, runPython } from '../../../learn/train/vocabulary/python.ts'
import { sharedFolder } from '../../../shared-folder.ts'
import { golden as goldens, readExpected } from './expected.ts'

const scratch = mkdtempSync(join(tmpdir(), 'converted-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** Folders that CTranslate2's converter has made of models of Hugging Face, and what CTranslate2 translates with them. */
const converted: Record<string, { sources: string[][]; tokens: string[][]; scores: number[] }> = JSON.parse(
  readFileSync(join(goldens, 'converted/expected.json'), 'utf8'),
)
const types: Record<string, string> = { 'marian-f16': 'marian', m2m100: 'm2m_100' }
const families = Object.keys(converted)
const asFloats = { precision: 'float32', workers: 1 } as const

/** The folder as Hugging Face has it, written once. */
const exported = new Map<string, string>()
function folderOf(family: string): string {
  const to = exported.get(family) ?? join(scratch, family)
  if (!exported.has(family))
    expect(exportFolder(join(goldens, 'converted', family), to)).toEqual({
      modelType: types[family] ?? family,
      withoutTokenizer: true,
    })
  exported.set(family, to)
  return to
}

describe.each(families)('%s, converted by CTranslate2', (family) => {
  const { sources, tokens, scores } = converted[family]
  const from = join(goldens, 'converted', family)
  // A folder of Hugging Face's has no setting for loops, and our default ends them.
  const limit = { maxTokens: 12, loops: 'keep' } as const

  test('translates as CTranslate2 does', async () => {
    await using translator = await Translator.load(from, asFloats)
    const found = await translator.translateTokens(sources, limit)
    expect(found.map((each) => each.tokens)).toEqual(tokens)
    found.forEach(({ score }, i) => expect(score).toBeCloseTo(scores[i], 4))
  })

  const hub = [fileURLToPath(new URL('../../../golden/hub', import.meta.url)), `${sharedFolder}/golden/hub`]
  const golden = hub.map((folder) => join(folder, family, 'model')).find((folder) => existsSync(folder))

  test.skipIf(!golden)('is converted back to the model that it was made of', () => {
    const loaded = loadFolder(folderOf(family))
    const original = loadFolder(golden!, { precision: 'float32' })
    expect(loaded.config).toEqual({
      ...original.config,
      ids: { ...original.config.ids, unknown: loaded.config.ids.unknown },
    })
    for (const { name, rows, width, encodable } of loaded.weights.parameters) {
      const [own, its] = [loaded.weights.get(name), original.weights.get(name)]
      for (let row = 0; row < rows; row++) {
        if (isOfPadding(name, row, loaded.config.ids.padding)) continue
        const whole = its.subarray(row * width, (row + 1) * width)
        const largest = whole.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        const rounding = encodable && family !== 'marian-f16' ? largest * (0.51 / 127) : largest * 2 ** -11
        const wrong = whole.findIndex((value, i) => Math.abs(value - own[row * width + i]) > rounding + 1e-7)
        expect({ name, row, wrong }).toEqual({ name, row, wrong: -1 })
      }
    }
  })

  test('has the same translations when it is converted', async () => {
    await using before = await Translator.load(from, asFloats)
    await using after = await Translator.load(folderOf(family), asFloats)
    const vocabulary = await before.vocabulary()
    const ids = sources.map((source) => vocabulary.sourceIds(source))
    const [one, other] = await Promise.all([before.translate(ids, limit), after.translate(ids, limit)])
    expect(other.map((each) => each.ids)).toEqual(one.map((each) => each.ids))
    // Sinusoids that were stored in float16 are computed anew.
    other.forEach(({ score }, i) => expect(Math.abs(score - one[i].score)).toBeLessThan(2e-3))
  })

  const missing = lacks('transformers')
  test.skipIf(missing !== null)(
    `is read by transformers with the same logits and ids${missing === null ? '' : ` (skipped: ${missing})`}`,
    async () => {
      const folder = folderOf(family)
      await using translator = await Translator.load(folder, asFloats)
      const vocabulary = await Translator.load(from, asFloats).then(async (its) => {
        const known = await its.vocabulary()
        await its.close()
        return known
      })
      const source = vocabulary.sourceIds(sources[2])
      const [{ ids, tokenScores }] = [await translator.translate(source, { ...limit, beams: 1 })]
      const script = '../huggingface_logits.py'
      const [{ logits, missing, unexpected }] = runPython(script, [{ folder, source, target: ids }])
      expect({ missing, unexpected }).toEqual({ missing: [], unexpected: [] })
      const width = logits.length / ids.length
      const { end, padding } = translator.model.config.ids
      ids.forEach((id, t) => {
        // Scores are those of the tokens that may come: no padding after Marian's vocabulary, and no end at first.
        const isBarred = (each: number) => (each === padding && padding === 96) || (t === 0 && each === end)
        const row = logits
          .slice(t * width, (t + 1) * width)
          .map((logit: number, i: number) => (isBarred(i) ? -1e9 : logit))
        const most = Math.max(...row)
        const norm = most + Math.log(row.reduce((sum: number, logit: number) => sum + Math.exp(logit - most), 0))
        expect(row.indexOf(most)).toBe(id)
        expect(tokenScores![t]).toBeCloseTo(row[id] - norm, 4)
      })
    },
  )
})

/** Whether a row of a weight is that of a padding token, which no computation reads. */
const isOfPadding = (name: string, row: number, padding: number | null) =>
  (row === padding && /embedding\.weight$/.test(name)) ||
  (name === 'output.bias' && padding === 96) ||
  (row < 2 && name.endsWith('.positions.weight'))

describe('a tokenizer', () => {
  const pieces = zipFolder(join(goldens, 'translate-fr_en.argosmodel'))
    .folder.folder('translate-fr_en-1_9')
    .bytes('sentencepiece.model', tokenizerFile)
  const { argos } = readExpected(goldens)

  test("becomes Marian's, of the vocabulary and a SentencePiece model that the command names", async () => {
    const model = join(goldens, 'models', 'marian-int8')
    const table = join(scratch, 'with-sinusoids')
    const tokenizer = join(scratch, 'pieces.spm')
    writeFileSync(tokenizer, pieces)
    // The golden has random positions, which Marian's models do not have.
    await expect(
      glassformer(['convert', model, '--to', 'huggingface', '--output', table, '--tokenizer', tokenizer]),
    ).resolves.toMatchObject({ code: 1, stderr: expect.stringContaining('ERR_UNSUPPORTED') })
    const from = join(goldens, 'converted', 'marian-f16')
    const to = join(scratch, 'marian-with-pieces')
    expect(
      await glassformer(['convert', from, '--to', 'huggingface', '--output', to, '--tokenizer', tokenizer]),
    ).toEqual({ code: 0, stdout: expect.stringContaining('marian, float16'), stderr: '' })
    await using before = await Translator.load(from, { ...asFloats, tokenizer })
    await using after = await Translator.load(to, asFloats)
    const ids = (translator: Translator) => argos.lines.slice(0, 6).map((line) => translator.tokenizer.encode(line))
    expect(ids(after)).toEqual(ids(before))
    const options = { maxTokens: 8, loops: 'keep' } as const
    expect((await after.translate(argos.lines.slice(0, 4), options)).map(({ ids }) => ids)).toEqual(
      (await before.translate(argos.lines.slice(0, 4), options)).map(({ ids }) => ids),
    )
  })
})
