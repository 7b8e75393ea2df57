import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { corpusBleu } from '#dist/evaluate/bleu.js'
import { corpusChrf } from '#dist/evaluate/chrf.js'
import { Translator } from '#dist/translate/translator.js'
import { nativeReasons } from '../backends.ts'
import { sharedFolder } from '../shared-folder.ts'

/** What sacreBLEU 2.6.0 says of translations by Hugging Face transformers in float32: ../shared/models/fr-en-reference/README.md. */
const expected = [
  { beams: 1, bleu: 56.44, chrf: 68.46 },
  { beams: 4, bleu: 57.52, chrf: 69.33 },
]

const TOLERANCE = 0.05

const reason = sharedFolder === null ? 'no shared folder' : nativeReasons.join('; ')

/** BLEU and chrF2 of a model over the 3,000 sentences of the test set and all their references. */
async function scores(model: string | undefined, beams: number) {
  const table = gunzipSync(readFileSync(`${sharedFolder}/data/tatoeba-fr-en.test.refs.fr-en.tsv.gz`)).toString()
  const rows = table
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t'))
  expect(rows).toHaveLength(3000)
  await using translator = await Translator.load(model, { backend: 'native' })
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
    const found = await scores(`${sharedFolder}/models/fr-en-reference`, beams)
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
    const found = await scores(undefined, beams)
    expect(found.bleu).toBeGreaterThan(bleu)
    expect(found.chrf).toBeGreaterThan(chrf)
  },
)
