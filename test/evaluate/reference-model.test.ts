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

test('the reference model translates the test set as well as with PyTorch', { timeout: 300_000 }, async (context) => {
  context.skip(sharedFolder === null, 'no shared folder')
  context.skip(nativeReasons.length > 0, nativeReasons.join('; '))
  const table = gunzipSync(readFileSync(`${sharedFolder}/data/tatoeba-fr-en.test.refs.fr-en.tsv.gz`)).toString()
  const rows = table
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t'))
  const sources = rows.map(([source]) => source)
  const references = rows.map(([, ...texts]) => texts)
  expect(sources).toHaveLength(3000)

  await using translator = await Translator.load(`${sharedFolder}/models/fr-en-reference`, { backend: 'native' })
  for (const { beams, bleu, chrf } of expected) {
    const hypotheses = (await translator.translate(sources, { beams })).map(({ text }) => text)
    const scores = [corpusBleu(hypotheses, references), corpusChrf(hypotheses, references)]
    expect(Math.abs(scores[0].score - bleu), `beams ${beams}: ${scores[0].text}`).toBeLessThanOrEqual(TOLERANCE)
    expect(Math.abs(scores[1].score - chrf), `beams ${beams}: ${scores[1].text}`).toBeLessThanOrEqual(TOLERANCE)
  }
})
