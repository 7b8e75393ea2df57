import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { corpusBleu } from '#dist/learn/evaluate/bleu.js'
import { corpusChrf } from '#dist/learn/evaluate/chrf.js'
import { Translator } from '#dist/use/translate/translator.js'
import { nativeReasons } from '../../backends.ts'
import { sharedFolder } from '../../shared-folder.ts'
import { isWhole, NOT_WHOLE } from '../../whole.ts'

/**
 * The scores that sacreBLEU 2.6.0 computes for translations by Hugging Face transformers in float32:
 * ../shared/models/fr-en-reference/README.md.
 */
const expected = [
  { beams: 1, bleu: 56.44, chrf: 68.46 },
  { beams: 4, bleu: 57.52, chrf: 69.33 },
]

const TOLERANCE = 0.05

const reason = sharedFolder === null ? 'no shared folder' : nativeReasons.join('; ')

type Precision = 'float32' | 'bfloat16' | 'int8'

const REFERENCE = `${sharedFolder}/models/fr-en-reference`

const measured = new Map<string, ReturnType<typeof measure>>()

/** BLEU and chrF2 of a model over the 3,000 sentences of the test set and all their references; each is measured once. */
function scores(model: string, precision: Precision, beams: number) {
  const key = JSON.stringify([model, precision, beams])
  if (!measured.has(key)) measured.set(key, measure(model, precision, beams))
  return measured.get(key)!
}

async function measure(model: string, precision: Precision, beams: number) {
  const table = gunzipSync(readFileSync(`${sharedFolder}/data/tatoeba-fr-en.test.refs.fr-en.tsv.gz`)).toString()
  const rows = table
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t'))
  expect(rows).toHaveLength(3000)
  await using translator = await Translator.load(model, { backend: 'native', precision })
  const translations = await translator.translate(
    rows.map(([source]) => source),
    { beams },
  )
  const hypotheses = translations.map(({ text }) => text)
  const references = rows.map(([, ...texts]) => texts)
  return { bleu: corpusBleu(hypotheses, references).score, chrf: corpusChrf(hypotheses, references).score }
}

test.for(expected)(
  'the reference model translates the test set as well as with PyTorch, beams $beams',
  {
    timeout: 300_000,
  },
  async ({ beams, bleu, chrf }, context) => {
    context.skip(reason !== '', reason)
    context.skip(beams > 1 && !isWhole, NOT_WHOLE)
    const found = await scores(REFERENCE, 'float32', beams)
    expect(Math.abs(found.bleu - bleu), `${found.bleu}`).toBeLessThanOrEqual(TOLERANCE)
    expect(Math.abs(found.chrf - chrf), `${found.chrf}`).toBeLessThanOrEqual(TOLERANCE)
  },
)

test.for(expected)(
  'the embedded model is better than the reference model, beams $beams',
  {
    timeout: 300_000,
  },
  async ({ beams, bleu, chrf }, context) => {
    context.skip(reason !== '', reason)
    const found = await scores(embeddedFolder(), 'int8', beams)
    expect(found.bleu).toBeGreaterThan(bleu)
    expect(found.chrf).toBeGreaterThan(chrf)
  },
)

/** The largest allowed loss of BLEU by rounding. */
const costs = [
  { precision: 'bfloat16', most: 0.1 },
  { precision: 'int8', most: 0.3 },
] as const

const models = [
  { name: 'reference', folder: REFERENCE },
  { name: 'embedded', folder: embeddedFolder() },
]

test.for(
  models.flatMap((model) =>
    costs.flatMap((cost) => [1, ...(isWhole ? [4] : [])].map((beams) => ({ ...model, ...cost, beams }))),
  ),
)(
  'the $name model in $precision loses at most $most BLEU, beams $beams',
  { timeout: 300_000 },
  async ({ folder, precision, most, beams }, context) => {
    context.skip(reason !== '', reason)
    const exact = await scores(folder, 'float32', beams)
    expect((await scores(folder, precision, beams)).bleu).toBeGreaterThanOrEqual(exact.bleu - most)
  },
)

// Scores of the float32 weights from which it was quantized.
test.for([
  { beams: 1, before: 58.58 },
  { beams: 4, before: 59.41 },
])(
  'the embedded model has lost at most 0.3 BLEU by its quantization, beams $beams',
  { timeout: 300_000 },
  async ({ beams, before }, context) => {
    context.skip(reason !== '', reason)
    expect((await scores(embeddedFolder(), 'int8', beams)).bleu).toBeGreaterThanOrEqual(before - 0.3)
  },
)
