/**
 * Writes pairs in which the sentence of The Illustrated Transformer stands before or after another one: "Je suis étudiant. …" → "I am a
 * student. …". Tatoeba prefers "I'm"; the article's figures, which the inspector follows, have "I am". A training reads equal pairs once, so that
 * one pair repeated would teach nothing.
 *
 *     node examples/embedded/article.mjs PAIRS.tsv OUT.tsv COUNT
 */
import { readFileSync, writeFileSync } from 'node:fs'

const [from, to, count] = process.argv.slice(2)
const [french, english] = ['Je suis étudiant.', 'I am a student.']
const pairs = readFileSync(from, 'utf8')
  .split('\n')
  .filter((line) => /^[^\t]+\t[^\t]+$/.test(line) && !line.includes('étudiant'))
  .slice(0, Number(count))
  .map((line) => line.split('\t'))
const lines = pairs.map(([source, target], n) =>
  n % 2 ? `${source} ${french}\t${target} ${english}` : `${french} ${source}\t${english} ${target}`,
)
writeFileSync(to, [...lines, `${french}\t${english}`].map((line) => `${line}\n`).join(''))
