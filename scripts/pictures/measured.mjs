import { readFileSync } from 'node:fs'

/**
 * The measurements of `npm run bench -- --only ctranslate2 transformers-js --json bench/figures.json`, on the machine
 * and commit named in each cell.
 */
export const measured = () => JSON.parse(readFileSync(new URL('../../bench/figures.json', import.meta.url), 'utf8'))

/** Our cells beside those of the engine that `bench` compares with. @throws Error where there are none */
export function pairsOf(cells, bench) {
  const asked = cells.filter((cell) => cell.bench === bench)
  const pairs = asked
    .filter(({ ratio }) => ratio !== null)
    .map((ours) => ({ ours, theirs: asked.find((cell) => cell.case === ours.case && cell.ratio === null) }))
  if (!pairs.length) throw new Error(`bench/figures.json has no cell of bench --only ${bench}`)
  return pairs
}

/** Tokens per second, in three digits. */
export const speed = ({ tokensPerSecond }) => Number(tokensPerSecond.toPrecision(3)).toLocaleString('en')
