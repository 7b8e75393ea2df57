/**
 * The pairs that the trainings of this folder are measured with: 400 of Tatoeba's validation part, and 600 that select.mjs held out.
 *
 *     node examples/embedded/validation.mjs tatoeba-fr-en.valid.tsv.gz held-out.tsv OUT.tsv
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { randomFrom } from '../tatoeba/extra/random.mjs'

const [tatoeba, heldOut, to] = process.argv.slice(2)
const cellsOf = (text) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
const everyday = cellsOf(gunzipSync(readFileSync(tatoeba)).toString('utf8')).slice(0, 400)
const others = randomFrom(61)
  .shuffled(cellsOf(readFileSync(heldOut, 'utf8')))
  .slice(0, 600)
const pairs = [...everyday.map(([fr, en]) => [fr, en]), ...others.map(([, fr, en]) => [fr, en])]
writeFileSync(to, pairs.map((pair) => `${pair.join('\t')}\n`).join(''))
