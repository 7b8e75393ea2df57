/**
 * Pairs of French and English from the strings of programs and the names of the Unicode CLDR, cleaned for training:
 * placeholders become copied pieces ⟦1⟧, ⟦2⟧ …, tags are dropped, and so are pairs that are not plain text in both
 * languages.
 *
 *     node examples/tatoeba/extra/strings.mjs SOURCES OUT.tsv [TSV whose lines are left out …]
 *
 * SOURCES has an unpacked folder for each of sources.mjs; missing ones are reported and skipped.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { cleanPair } from './clean.mjs'
import { sources } from './sources.mjs'

const [folder, to, ...others] = process.argv.slice(2)
const leftOut = new Set(
  others
    .flatMap(linesOf)
    .flatMap((line) => line.split('\t'))
    .map(plain),
)
/** For each French line its English lines with their counts. */
const found = new Map()
for (const { name, licence, pairs: read } of sources) {
  const there = resolve(join(folder, name))
  if (!existsSync(there)) {
    console.log(`${name}: not in ${folder}, left out`)
    continue
  }
  const before = found.size
  for await (const pair of read(there)) {
    const clean = cleanPair(...pair)
    if (clean === null || clean.some((side) => leftOut.has(plain(side)))) continue
    const [french, english] = clean
    if (!found.has(french)) found.set(french, new Map())
    const counts = found.get(french)
    counts.set(english, (counts.get(english) ?? 0) + 1)
  }
  console.log(`${name}: ${found.size - before} (${licence})`)
}
writeFileSync(to, [...found].map(([french, counts]) => `${french}\t${commonest(counts)}\n`).join(''))
console.log(`${found.size} pairs`)

/** The most frequent English line; among several the one with the fewest capitals, and then the longest. */
function commonest(counts) {
  const capitals = (line) => line.match(/\p{Lu}/gu)?.length ?? 0
  return [...counts].sort(
    ([a, often], [b, times]) => times - often || capitals(a) - capitals(b) || b.length - a.length,
  )[0][0]
}

function linesOf(path) {
  const bytes = readFileSync(path)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trim().split('\n')
}

/** The key by which lines are compared. */
function plain(line) {
  return line
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\t⟦⟧]+/gu, ' ')
    .trim()
}
