// The articles of WikiText's files, one behind the other with an empty line between them: the last 10 of all in test.txt, the others in train.txt.
//   node articles.mjs wiki.valid.txt wiki.test.txt articles
import { mkdirSync, writeFileSync } from 'node:fs'
import { argumentsFor, linesOf } from '../arguments.mjs'

const ADVICE = 'WikiText-2’s files are among the examples of PyTorch (github.com/pytorch/examples, word_language_model/data/wikitext-2)'
const [folder, ...files] = argumentsFor('node articles.mjs FILE… FOLDER', 2).reverse()
const articles = files.reverse().flatMap((file) =>
  `${linesOf(file, ADVICE).join('\n')}\n`
    .split(/^(?= = [^=].*[^=] = $)/m)
    .map((article) => article.replace(/^\s*\n/gm, '').trim())
    .filter(Boolean),
)
mkdirSync(folder, { recursive: true })
writeFileSync(`${folder}/train.txt`, `${articles.slice(0, -10).join('\n\n')}\n`)
writeFileSync(`${folder}/test.txt`, `${articles.slice(-10).join('\n\n')}\n`)
console.log(`${articles.length - 10} articles to train on, 10 to measure with`)
