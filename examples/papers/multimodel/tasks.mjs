/**
 * The three tasks of the model, node tasks.mjs TRAIN.tsv.gz VALID.tsv.gz TEST.tsv.gz FOLDER: Tatoeba's pairs in both directions, whose sources begin
 * with the command token of their target, and digits as 64 rows of one number from 0 to 1, whose targets are number words. For the separate
 * models each task has files of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { english } from '../../number-words/numbers.mjs'
import { argumentsFor, linesOf, TATOEBA } from '../arguments.mjs'

const usage = 'node tasks.mjs TRAIN.tsv.gz VALID.tsv.gz TEST.tsv.gz FOLDER'
const [train, valid, test, folder] = argumentsFor(usage, 4)
const TRAINED_ON = 1500
/** Pairs of each direction that the model is measured with while it learns. */
const WATCHED = 250

const lines = (path) => linesOf(path, TATOEBA)
const write = (name, all) => writeFileSync(join(folder, name), all.map((line) => `${line}\n`).join(''))

/** French and English, tab-separated → both directions. */
const intoEnglish = (pairs) => pairs.map((line) => `>>en<< ${line}`)
const intoFrench = (pairs) => pairs.map((line) => `>>fr<< ${line.split('\t').slice(0, 2).reverse().join('\t')}`)

/** 64 numbers from 0 to 16 in raster order, as rows of one number. The label of each digit is in a file beside the images. */
const [labels] = linesOf(new URL('labels.txt', import.meta.url))
const digits = lines(new URL('../image-transformer/digits.txt.gz', import.meta.url)).map((line, i) => {
  const rows = line.split(' ').map((level) => [Number(level) / 16])
  return `>>en<< ${JSON.stringify(rows)}\t${english(Number(labels[i]))}`
})

mkdirSync(folder, { recursive: true })
const pairs = lines(train)
const held = lines(valid).slice(0, WATCHED)
const [seen, unseen] = [digits.slice(0, TRAINED_ON), digits.slice(TRAINED_ON)]
write('fr-en.tsv', intoEnglish(pairs))
write('en-fr.tsv', intoFrench(pairs))
write('both.tsv', [...intoEnglish(pairs), ...intoFrench(pairs)])
write('digits.tsv', seen)
write('fr-en.valid.tsv', intoEnglish(held))
write('en-fr.valid.tsv', intoFrench(held))
write('digits.test.tsv', unseen)
const tests = lines(test)
write('fr-en.test.tsv', intoEnglish(tests))
write('en-fr.test.tsv', intoFrench(tests))
write('valid.tsv', [...intoEnglish(held), ...intoFrench(held)])
console.log(`${folder}: ${pairs.length} pairs in each direction, ${seen.length} digits and ${unseen.length} others`)
