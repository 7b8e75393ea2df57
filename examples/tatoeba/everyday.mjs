/**
 * The pairs of the second training: those of pairs.mjs, more number words, and short sentences as people type them into a
 * search box, in lower case and without a full stop, which Tatoeba hardly has.
 *
 *     node examples/tatoeba/everyday.mjs pairs.tsv everyday.tsv
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { english, french } from '../number-words/numbers.mjs'

const MOST_WORDS = 4

const [from, to] = process.argv.slice(2)
const pairs = readFileSync(from, 'utf8').trim().split('\n')
const typed = pairs.map((line) => asTyped(...line.split('\t'))).filter((line) => line !== null)
writeFileSync(to, [...pairs, ...typed, ...numberWords()].map((line) => `${line}\n`).join(''))

/** A short sentence and its translation in lower case without their last mark; null for longer ones, questions and names. */
function asTyped(source, target) {
  const fits = source.split(' ').length <= MOST_WORDS && /^\p{Lu}.*[^.!][ \u00a0\u202f]?[.!]$/u.test(source) && /[.!]$/.test(target)
  const named = source.match(/^\p{L}+/u)?.[0] === target.match(/^\p{L}+/u)?.[0]
  return fits && !named ? `${typedText(source)}\t${typedText(target)}` : null
}

function typedText(text) {
  const bare = text.replace(/[ \u00a0\u202f]?[.!]$/u, '')
  return /^I\b/.test(bare) ? bare : `${bare[0].toLowerCase()}${bare.slice(1)}`
}

/** Years, and every 89th number up to a million. */
function* numberWords() {
  for (let n = 1000; n < 1_000_000; n += n < 2100 ? 1 : 89) yield `${french(n)}\t${english(n)}`
}
