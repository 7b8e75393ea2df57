import { readFileSync } from 'node:fs'

/** A cell of `npm run bench -- --json` with the fields that charts use. */
export interface MeasuredCell {
  bench: string
  case: string
  model: string
  precision: string
  threads: number
  batch: number
  beam: number | null
  backend: string
  tokensPerSecond: number
  ratio: number | null
  peer: string | null
  date: string
  commit: string
  cpu: string
}

/** A measurement of ours beside one of another engine. */
export interface MeasuredPair {
  ours: MeasuredCell & { ratio: number; peer: string }
  theirs: MeasuredCell
}

/**
 * The measurements of `npm run bench -- --only ctranslate2 transformers-js --json bench/figures.json`, on the machine
 * and commit named in each cell.
 */
export const measured = (): MeasuredCell[] =>
  JSON.parse(readFileSync(new URL('../../bench/figures.json', import.meta.url), 'utf8'))

/** Our cells beside those of the engine that `bench` compares with. @throws Error where there are none */
export function pairsOf(cells: readonly MeasuredCell[], bench: string): MeasuredPair[] {
  const asked = cells.filter((cell) => cell.bench === bench)
  const pairs = asked
    .filter((cell): cell is MeasuredPair['ours'] => cell.ratio !== null)
    .map((ours) => ({ ours, theirs: asked.find((cell) => cell.case === ours.case && cell.ratio === null) }))
    .filter((pair): pair is MeasuredPair => pair.theirs !== undefined)
  if (!pairs.length) throw new Error(`bench/figures.json has no cell of bench --only ${bench}`)
  return pairs
}

/** Tokens per second, in three digits. */
export const speed = ({ tokensPerSecond }: MeasuredCell) => Number(tokensPerSecond.toPrecision(3)).toLocaleString('en')
