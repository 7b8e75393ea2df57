import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The arguments of the script that runs. With fewer than `needed` it says how it is used, and ends. */
export function argumentsFor(usage, needed) {
  const given = process.argv.slice(2)
  if (given.length < needed) end(`usage: ${usage}`)
  return given
}

/** The lines of a text file, which may be gzip. Where there is none, the script says so with `advice`, and ends. */
export function linesOf(path, advice = 'the README of this folder says which command writes it') {
  if (!existsSync(path)) end(`there is no file ${path}: ${advice}`)
  const bytes = readFileSync(path)
  return (path.toString().endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trim().split('\n')
}

/** Says what is wrong, and ends the script. */
export function end(message) {
  console.error(message)
  process.exit(1)
}

export const TATOEBA =
  'each of its lines is a French sentence, a tab and an English one, as in the pairs of Tatoeba at www.manythings.org/anki (fra-eng.zip, where English comes first)'
