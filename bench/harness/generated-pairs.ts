import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { randomNumbers } from './random.ts'

const LANGUAGES = [
  ['ba', 'ce', 'do', 'fu', 'gi', 'la', 'me', 'no', 'ru', 'si'],
  ['ka', 'pe', 'to', 'vu', 'zi', 'ha', 'je', 'mo', 'su', 'ri'],
] as const

const MEANINGS = 400

/** Words of three syllables of a language; the number of a word is its meaning. */
const wordOf = (syllables: readonly string[], meaning: number) =>
  String(1000 + meaning)
    .slice(1)
    .split('')
    .map((digit) => syllables[Number(digit)])
    .join('')

/** Writes `count` sentence pairs of two made-up languages: 3 to 7 words out of some hundred, translated one by one. */
export async function generatePairs(path: string, count: number): Promise<void> {
  const lexica = LANGUAGES.map((syllables) =>
    Array.from({ length: MEANINGS }, (_, meaning) => wordOf(syllables, meaning)),
  )
  const random = randomNumbers(1)
  const file = createWriteStream(path)
  for (let from = 0; from < count; from += 10_000) {
    let lines = ''
    for (let i = from; i < Math.min(from + 10_000, count); i++) {
      const meanings = Array.from({ length: 3 + Math.floor(5 * random()) }, () => Math.floor(MEANINGS * random()))
      lines += `${lexica.map((words) => meanings.map((meaning) => words[meaning]).join(' ')).join('\t')}\n`
    }
    if (!file.write(lines)) await once(file, 'drain')
  }
  file.end()
  await finished(file)
}
