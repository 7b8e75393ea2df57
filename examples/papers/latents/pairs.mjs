/**
 * Distilled pairs (Kim and Rush 2016): the first sources of a table, each with its greedy translation by the embedded model, and beside
 * them pairs to measure with.
 *
 *     node pairs.mjs tatoeba-fr-en.train.tsv.gz tatoeba-fr-en.valid.tsv.gz [sentences]
 */
import { writeFileSync } from 'node:fs'
import { Translator } from '../../../dist/index.js'
import { argumentsFor, linesOf, TATOEBA } from '../arguments.mjs'

const AT_ONCE = 2048

const usage = 'node pairs.mjs TRAIN.tsv.gz VALID.tsv.gz [sentences]'
const [train, valid, count = '50000'] = argumentsFor(usage, 2)
const sourcesOf = (path, most) =>
  [...new Set(linesOf(path, TATOEBA).map((line) => line.split('\t')[0]))].slice(0, most)

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
