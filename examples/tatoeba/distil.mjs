/**
 * Sequence-level distillation (Kim and Rush 2016, 3.3): translates the sources of the training pairs with a trained
 * model, and writes for each source the one of its four best translations that is nearest to the reference by BLEU.
 *
 *     node examples/tatoeba/distil.mjs MODEL pairs.tsv distilled.tsv
 */
import { createWriteStream, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { Translator } from '../../dist/index.js'
import { sentenceBleu } from '../../dist/learn/train/index.js'

const AT_ONCE = 4096

const [model, from, to] = process.argv.slice(2)
const pairs = readFileSync(from, 'utf8').trim().split('\n').map((line) => line.split('\t'))
const translator = await Translator.load(model)
const out = createWriteStream(to)
for (let i = 0; i < pairs.length; i += AT_ONCE) {
  const batch = pairs.slice(i, i + AT_ONCE)
  const translations = await translator.translate(batch.map(([source]) => source), { beams: 4, alternatives: 4 })
  const lines = batch.map(([source, reference], j) => `${source}\t${reference}\n${source}\t${nearest(translations[j], reference)}\n`)
  if (!out.write(lines.join(''))) await once(out, 'drain')
  process.stderr.write(`\r${Math.min(i + AT_ONCE, pairs.length).toLocaleString('en')} of ${pairs.length.toLocaleString('en')} pairs`)
}
out.end()
await once(out, 'finish')
process.stderr.write('\n')
await translator.close()

function nearest({ alternatives }, reference) {
  const scored = alternatives.map(({ text }) => ({ text, bleu: sentenceBleu(text, [reference]).score }))
  return scored.reduce((best, other) => (other.bleu > best.bleu ? other : best)).text
}
