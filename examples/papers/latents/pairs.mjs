/**
 * Distilled pairs (Kim and Rush 2016): the first sources of a table, each with its greedy translation by the embedded model, and beside
 * them pairs to measure with.
 *
 *     node pairs.mjs tatoeba-fr-en.train.tsv.gz tatoeba-fr-en.valid.tsv.gz [sentences]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { Translator } from '../../../dist/index.js'

const AT_ONCE = 2048

const [train, valid, count = '50000'] = process.argv.slice(2)
const sourcesOf = (path, most) =>
  [...new Set(gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n').map((line) => line.split('\t')[0]))].slice(0, most)

const translator = await Translator.load()
for (const [name, sources] of [['train', sourcesOf(train, Number(count))], ['valid', sourcesOf(valid, 500)]]) {
  const lines = []
  for (let i = 0; i < sources.length; i += AT_ONCE) {
    const some = sources.slice(i, i + AT_ONCE)
    const found = await translator.translate(some, { beams: 1, split: 'never' })
    lines.push(...some.map((source, j) => `${source}\t${found[j].text}\n`))
    process.stderr.write(`\r${name}: ${lines.length} of ${sources.length} pairs`)
  }
  process.stderr.write('\n')
  writeFileSync(`${name}.tsv`, lines.join(''))
}
await translator.close()
