/**
 * The sentence pairs that models/fr-en is trained on: Tatoeba's, and number words in a few plain sentences, because
 * Tatoeba has hardly any.
 *
 *     node examples/tatoeba/pairs.mjs tatoeba-fr-en.train.tsv.gz pairs.tsv
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { english, french } from '../number-words/numbers.mjs'

const [from, to] = process.argv.slice(2)
const tatoeba = gunzipSync(readFileSync(from)).toString('utf8').trim().split('\n')
writeFileSync(to, [...tatoeba, ...numberWords()].map((line) => `${line}\n`).join(''))

/** Every number to 1,000, and every 997th to a million: alone in lower case, and as sentences. */
function* numberWords() {
  for (let n = 0; n < 1_000_000; n += n < 1000 ? 1 : 997) {
    yield `${french(n)}\t${english(n)}`
    yield `${sentence(french(n))}\t${sentence(english(n))}`
    if (n > 1 && n < 130) yield `J'ai ${french(n)} ans.\tI'm ${english(n)} years old.`
  }
}

function sentence(words) {
  return `${words[0].toUpperCase()}${words.slice(1)}.`
}
