/**
 * How well the confidence of a model tells bad translations from the others: the probability that a translation of a chrF below 40 has
 * a lower confidence than one above (the area under the ROC curve), for each test set and for all of them.
 *
 *     node examples/embedded/auc.mjs MODEL NAME=TABLE.tsv[.gz] …
 *
 * A table has a source, a tab and its references on each line. 1,000 lines of each are taken, evenly.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { Translator } from '../../dist/index.js'
import { sentenceChrf } from '../../dist/learn/train/index.js'

const BAD = 40
const MOST = 1000

const [model, ...sets] = process.argv.slice(2)
const translator = await Translator.load(model)
const all = []
for (const set of sets) {
  const [name, path] = set.split('=')
  const judged = await judgedOf(linesOf(path))
  all.push(...judged)
  console.log(rowOf(name, judged))
}
if (sets.length > 1) console.log(rowOf('all', all))
await translator.close()

function linesOf(path) {
  const bytes = readFileSync(path)
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split('\n')
  const step = Math.max(1, lines.length / MOST)
  return Array.from({ length: Math.min(MOST, lines.length) }, (_, i) => lines[Math.floor(i * step)].split('\t'))
}

async function judgedOf(rows) {
  const results = await translator.translate(
    rows.map(([source]) => source),
    { confidence: true, split: 'long' },
  )
  return results.map(({ text, confidence }, i) => ({
    confidence: confidence.score,
    isBad: sentenceChrf(text, rows[i].slice(1).filter(Boolean)).score < BAD,
  }))
}

/** Ties count half, as in the statistic of Mann and Whitney. */
function aucOf(judged) {
  const [bad, good] = [judged.filter(({ isBad }) => isBad), judged.filter(({ isBad }) => !isBad)]
  let wins = 0
  for (const low of bad) for (const high of good) wins += low.confidence < high.confidence ? 1 : low.confidence === high.confidence ? 0.5 : 0
  return wins / (bad.length * good.length)
}

function rowOf(name, judged) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  const bad = mean(judged.map(({ isBad }) => Number(isBad)))
  const said = mean(judged.map(({ confidence }) => confidence))
  return `${name}: ${judged.length} sentences, ${(100 * bad).toFixed(0)} % below chrF ${BAD}, mean confidence ${said.toFixed(2)}, AUC ${aucOf(judged).toFixed(3)}`
}
