/**
 * The pairs of other sources that the embedded model reads beside Tatoeba: those of the classes `permissive` and
 * `share-alike`. Sources of good prose come whole. Laws, manuals and strings of programs are many and alike, so a pair
 * of theirs is taken where it has a word that has been rare so far.
 *
 *     node examples/embedded/select.mjs en-fr.tsv tatoeba-pairs.tsv OUT_FOLDER
 *
 * OUT_FOLDER gets `selected.tsv` (French, English) and `held-out.tsv` (source, French, English): up to 100 pairs of each source,
 * of which no sentence is in the first file.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomFrom } from '../tatoeba/extra/random.mjs'

/** Sources that come whole. */
const WHOLE =
  `udhr african-storybook opensource-guide digital-canada-ca gc-da11yn gc-digital-playbook mozilla-legal debian-www mozilla-www hf-course react-docs vue-docs
  rust-book nodejs-org bitcoin-org privacyguides debian-handbook gnome-user-docs cataclysm-dda`.split(/\s+/)

/** Sources from which pairs are chosen by their words, and the most pairs of each. */
const CHOSEN = {
  'justice-laws': 40_000,
  'bible-web-segond': 12_000,
  'php-doc': 12_000,
  'python-docs': 12_000,
  'django-docs': 12_000,
  'libreoffice-help': 12_000,
  'libreoffice-ui': 6000,
  'apache-httpd': 8000,
  inaturalist: 4000,
  godot: 4000,
  'electron-docs': 1500,
  'msbuild-xlf': 400,
}

const HELD_OUT = 100
/** The largest share of a source that is held out. */
const MOST_HELD_OUT = 1 / 20
/** A word that occurred in fewer sentences so far is rare. */
const RARE = 10

const [more, tatoeba, folder] = process.argv.slice(2)
const { shuffled } = randomFrom(61)
const pairs = shuffled(linesOf(more).map(([source, en, fr]) => ({ source, fr: plain(fr), en: plain(en) })))

const seen = new Map()
for (const [fr, en] of linesOf(tatoeba)) count(wordsOf(fr, en))

const left = new Map([...WHOLE, ...Object.keys(CHOSEN)].map((source) => [source, []]))
for (const pair of pairs) left.get(pair.source)?.push(pair)
const heldOut = [...left].flatMap(([, list]) => list.splice(0, Math.min(HELD_OUT, Math.floor(list.length * MOST_HELD_OUT))))
const unseen = new Set(heldOut.flatMap(({ fr, en }) => [fr.toLowerCase(), en.toLowerCase()]))
const isFree = ({ fr, en }) => !unseen.has(fr.toLowerCase()) && !unseen.has(en.toLowerCase())

const taken = []
for (const source of WHOLE) take(source, Number.POSITIVE_INFINITY, () => true)
for (const [source, most] of Object.entries(CHOSEN)) take(source, most, (words) => words.some((word) => (seen.get(word) ?? 0) < RARE))

mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'selected.tsv'), shuffled(taken).map(({ fr, en }) => `${fr}\t${en}\n`).join(''))
writeFileSync(join(folder, 'held-out.tsv'), heldOut.map(({ source, fr, en }) => `${source}\t${fr}\t${en}\n`).join(''))
console.log(`${taken.length} pairs, ${heldOut.length} held out`)

function take(source, most, isWanted) {
  let number = 0
  for (const pair of left.get(source)) {
    if (number === most) break
    const words = wordsOf(pair.fr, pair.en)
    if (!isFree(pair) || !isWanted(words)) continue
    count(words)
    taken.push(pair)
    number++
  }
  console.log(`${source}: ${number} of ${left.get(source).length}`)
}

function linesOf(path) {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
}

/** Quotation marks and dashes of a keyboard, as Tatoeba has them, and no marks of Markdown. */
function plain(text) {
  return text
    .replace(/[’‘]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/\*\*|`|__/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function wordsOf(fr, en) {
  return [...new Set([...fr.toLowerCase().matchAll(/\p{Ll}{4,}/gu), ...en.toLowerCase().matchAll(/\p{Ll}{4,}/gu)].map(([word]) => word))]
}

function count(words) {
  for (const word of words) seen.set(word, (seen.get(word) ?? 0) + 1)
}
