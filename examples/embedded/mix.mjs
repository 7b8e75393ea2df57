/**
 * Writes the lines of several files into one, in an order that depends on the seed alone: a training shuffles 200,000 pairs at a
 * time, so a file whose parts differ is to be shuffled before. `FILE:60000` takes so many lines of a file, by chance.
 *
 *     node examples/embedded/mix.mjs OUT.tsv FILE[:LINES] …
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { randomFrom } from '../tatoeba/extra/random.mjs'

const [to, ...parts] = process.argv.slice(2)
const { shuffled } = randomFrom(61)
const lines = parts.flatMap((part) => {
  const [, file, most] = /^(.*?)(?::(\d+))?$/.exec(part)
  const all = readFileSync(file, 'utf8').trimEnd().split('\n')
  return most === undefined ? all : shuffled(all).slice(0, Number(most))
})
writeFileSync(
  to,
  shuffled(lines)
    .map((line) => `${line}\n`)
    .join(''),
)
console.log(`${lines.length} pairs`)
