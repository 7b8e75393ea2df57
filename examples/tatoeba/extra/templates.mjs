/**
 * Pairs made from the templates beside this file, with names, towns, dates and numbers of 1 to 7 digits in their slots.
 *
 *     node examples/tatoeba/extra/templates.mjs NAMES_FOLDER OUT.tsv [LINES, 20000 by default] [SEED, 34 by default]
 *
 * NAMES_FOLDER is the folder that names.mjs reads: its packages hold the first names, last names and towns.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { peopleAndTowns } from './names.mjs'
import { randomFrom } from './random.mjs'

const MONTHS =
  'janvier:January février:February mars:March avril:April mai:May juin:June juillet:July août:August septembre:September octobre:October novembre:November décembre:December'
const WEEKDAYS =
  'lundi:Monday mardi:Tuesday mercredi:Wednesday jeudi:Thursday vendredi:Friday samedi:Saturday dimanche:Sunday'
/** Towns whose names differ in the two languages. */
const TRANSLATED =
  `Londres:London Bruxelles:Brussels Genève:Geneva Vienne:Vienna Varsovie:Warsaw Moscou:Moscow Pékin:Beijing Lisbonne:Lisbon Athènes:Athens Alger:Algiers
  Barcelone:Barcelona Venise:Venice Hambourg:Hamburg Francfort:Frankfurt Anvers:Antwerp Gand:Ghent Copenhague:Copenhagen Édimbourg:Edinburgh Douvres:Dover
  Montréal:Montreal Philadelphie:Philadelphia Mexico:Mexico_City Singapour:Singapore Séoul:Seoul Téhéran:Tehran Bagdad:Baghdad Jérusalem:Jerusalem Damas:Damascus
  Beyrouth:Beirut Tanger:Tangier Séville:Seville Grenade:Granada Cordoue:Cordoba Saragosse:Zaragoza Bucarest:Bucharest Cracovie:Krakow Bâle:Basel Berne:Bern`.replace(
    /\s+/g,
    ' ',
  )
const pairsOf = (words) => words.split(' ').map((word) => word.replaceAll('_', ' ').split(':'))

const [folder, to, lines = '20000', seed = '34'] = process.argv.slice(2)
const { below, pick, shuffled } = randomFrom(Number(seed))
const world = peopleAndTowns(folder)
const french = peopleAndTowns(folder, ['fr', 'en', 'fr_CA'], ['FR', 'BE', 'CH'])
/** A name of the French-speaking and English-speaking countries as often as a name of the others. */
const name = (kind) => pick(below(2) === 0 ? french[kind] : world[kind])
const templates = readFileSync(new URL('templates.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t'))

const same = (value) => [value, value]
const between = (least, most) => least + below(most - least + 1)
/** A number of 1 to 7 digits, 2 or more, with equal probability for each length. */
const digits = () => {
  const length = between(1, 7)
  return Math.max(2, between(10 ** (length - 1), 10 ** length - 1))
}
const time = () => {
  const [hour, minute] = [between(1, 23), pick([0, 5, 10, 15, 20, 30, 40, 45, 50])]
  return minute === 0
    ? [`${hour} h`, `${hour}:00`]
    : [`${hour} h ${String(minute).padStart(2, '0')}`, `${hour}:${String(minute).padStart(2, '0')}`]
}
const person = () => {
  const first = name(below(2) === 0 ? 'women' : 'men')
  return below(3) === 0 ? `${first} ${name('lastNames')}` : first
}

/** The values of each slot: [French, English]. */
const fill = {
  p: () => same(person()),
  f: () => same(name('women')),
  m: () => same(name('men')),
  l: () => same(name('lastNames')),
  t: () => (below(8) === 0 ? pick(pairsOf(TRANSLATED)) : same(name('towns'))),
  n: () => same(String(digits())),
  s: () => same(String(between(2, 99))),
  y: () => same(String(below(4) === 0 ? between(1100, 2040) : between(1850, 2030))),
  d: () => same(String(between(2, 31))),
  mo: () => pick(pairsOf(MONTHS)),
  wd: () => pick(pairsOf(WEEKDAYS)),
  hm: time,
  pc: () => same(String(between(2, 100))),
  cp: () => same(String(between(10_000, 98_999))),
  dec: () => {
    const [whole, cents] = [between(1, 9999), String(between(0, 99)).padStart(2, '0')]
    return [`${whole},${cents}`, `${whole}.${cents}`]
  },
  sep: () => {
    const groups = String(between(1000, 9_999_999)).replace(/\B(?=(\d{3})+$)/g, ' ')
    return [groups, groups.replaceAll(' ', ',')]
  },
}

/** A template with its slots filled. The weekday at the start of a sentence, `wdc`, is `wd` with a capital. */
function filled([french, english]) {
  const values = new Map()
  const value = (slot) => {
    if (!values.has(slot)) values.set(slot, fill[slot.replace(/\d$/, '')]())
    return values.get(slot)
  }
  const capital = (word) => word[0].toUpperCase() + word.slice(1)
  const side = (text, which) =>
    text.replace(/\{(\w+)\}/g, (_, slot) => (slot === 'wdc' ? capital(value('wd')[which]) : value(slot)[which]))
  return [side(elided(french, value), 0), side(english, 1)]
}

/** "de" and "que" before a vowel. */
function elided(french, value) {
  return french.replace(/\b([Dd]|[Qq]u)e \{(\w+)\}/g, (found, start, slot) =>
    /^[aeiouyàâäéèêëîïôöûüœ]/iu.test(value(slot)[0]) ? `${start}'{${slot}}` : found,
  )
}

const made = new Set()
for (let round = 0; made.size < Number(lines) && round < 1000; round++) {
  for (const template of shuffled(templates)) if (made.size < Number(lines)) made.add(filled(template).join('\t'))
}
writeFileSync(to, [...made].map((line) => `${line}\n`).join(''))
console.log(`${templates.length} templates, ${made.size} lines`)
