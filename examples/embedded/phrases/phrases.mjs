/**
 * Everyday words and set phrases that the corpora hardly have: the sentences of sentences.tsv, alone and two on a line, and the
 * words of nouns.txt, adjectives.txt and actions.txt in the frames of frames.txt.
 *
 *     node examples/embedded/phrases/phrases.mjs NAMES_FOLDER OUT.tsv [TSV whose French is left out …]
 *
 * NAMES_FOLDER is the folder of ../../tatoeba/extra/names.mjs.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { peopleAndTowns } from '../../tatoeba/extra/names.mjs'
import { randomFrom } from '../../tatoeba/extra/random.mjs'
import { aOrAn, definite, elided, indefinite, mine, of, ofThe, partitive, toThe } from './articles.mjs'

const FRAMES_EACH = { thing: 6, person: 6, place: 6, food: 4, mass: 5, uncountable: 3, action: 7, reflexive: 4 }
/** How often each sentence stands with another one on a line. */
const JOINED = 4
/** How often a sentence with a name or a year is filled in. */
const FILLED = 4
const MONTHS =
  'janvier:January février:February mars:March avril:April mai:May juin:June juillet:July août:August septembre:September octobre:October'
    .split(' ')
    .map((month) => month.split(':'))

const same = (value) => [value, value]
/** "J'ai besoin d'un", and "d'une": de before a name that begins with a vowel. */
const contracted = (text) => text.replace(/\bde ([AEIOUÉÈÊÂÎÔ]\p{Ll})/gu, "d'$1")

const [folder, to, ...others] = process.argv.slice(2)
const { below, pick, shuffled } = randomFrom(62)
const names = peopleAndTowns(folder, ['fr', 'en'], ['FR', 'BE', 'CH', 'GB', 'US'])
const leftOut = new Set(others.flatMap((path) => linesOf(textOf(path)).map((line) => line.split('\t')[0])))

const frames = sectionsOf('frames.txt')
const adjectives = sectionsOf('adjectives.txt')
const pairs = [...sentences(), ...words(), ...actions()].filter(([source]) => !leftOut.has(source))
writeFileSync(to, shuffled(pairs).map(([source, target]) => `${source}\t${target}\n`).join(''))
console.log(`${pairs.length} pairs`)

function* sentences() {
  const list = linesOf(textOf(new URL('sentences.tsv', import.meta.url))).map((line) => line.split('\t'))
  for (const pair of list) for (let n = 0; n < (/\{/.test(pair[0]) ? FILLED : 1); n++) yield filled(pair, {})
  for (let n = 0; n < JOINED; n++) {
    const order = shuffled(list)
    for (let at = 0; at + 1 < order.length; at += 2) {
      const [first, second] = [filled(order[at], {}), filled(order[at + 1], {})]
      yield [`${first[0]} ${second[0]}`, `${first[1]} ${second[1]}`]
    }
  }
}

function* words() {
  for (const [kind, nouns] of sectionsOf('nouns.txt'))
    for (const line of nouns) {
      const [noun, gender, english] = line.split('|')
      const isFeminine = gender === 'f'
      const ownAdjectives = (adjectives.get(kind === 'person' || kind === 'food' ? kind : 'thing') ?? []).map((each) => each.split('|'))
      for (const frame of shuffled(frames.get(kind)).slice(0, FRAMES_EACH[kind])) {
        const [masculine, feminine, meaning] = pick(ownAdjectives)
        yield filled(frame.split('\t'), {
          le: [definite(noun, isFeminine), `the ${english}`],
          un: [indefinite(noun, isFeminine), aOrAn(english)],
          mon: [mine(noun, isFeminine), `my ${english}`],
          de: [of(noun), ''],
          du: [ofThe(noun, isFeminine), ''],
          au: [toThe(noun, isFeminine), ''],
          partitive: [partitive(noun, isFeminine), ''],
          noun: [noun, english],
          adj: [isFeminine ? feminine : masculine, meaning],
        })
      }
    }
}

function* actions() {
  for (const line of linesOf(textOf(new URL('actions.txt', import.meta.url)))) {
    const [french, english] = line.split('|')
    const isReflexive = /^(se |s'|avoir )/.test(french) || /\b(sa|son|ses)\b/.test(french)
    const kind = isReflexive ? 'reflexive' : 'action'
    const meaning = english.replace(/\bone's\b/g, 'his')
    for (const frame of shuffled(frames.get(kind)).slice(0, FRAMES_EACH[kind]))
      yield filled(frame.split('\t'), { do: [french, meaning], of: [elided('de', french), ''] })
  }
}

/** Both sides with their slots filled in; English slots have names of their own for `le`, `un` and `mon`. */
function filled([french, english], slots) {
  const [month, town] = [pick(MONTHS), pick(names.towns)]
  const person = pick([...names.men.slice(0, 400), ...names.women.slice(0, 400)])
  const all = {
    ...slots,
    p: [person, person],
    m: same(pick(names.men)),
    f: same(pick(names.women)),
    l: same(pick(names.lastNames)),
    t: same(town),
    y: same(String(1950 + below(75))),
    d: same(String(1 + below(28))),
    mo: month,
  }
  const english_ = { ...all, the: all.le, a: all.un, my: all.mon }
  const fill = (text, side, values) =>
    text.replace(/\{(\w+)\}/g, (_, name) => {
      const value = values[name.toLowerCase()][side]
      return name[0] === name[0].toUpperCase() ? `${value[0].toUpperCase()}${value.slice(1)}` : value
    })
  return [contracted(fill(french, 0, all)), fill(english, 1, english_)]
}

function textOf(path) {
  const bytes = readFileSync(path)
  return (String(path).endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}
function linesOf(text) {
  return text.trimEnd().split('\n')
}

/** The lines of each section of a file, whose heads begin with #. */
function sectionsOf(name) {
  const sections = new Map()
  let lines = []
  for (const line of linesOf(textOf(new URL(name, import.meta.url))))
    if (line.startsWith('# ')) sections.set(line.slice(2), (lines = []))
    else lines.push(line)
  return sections
}
