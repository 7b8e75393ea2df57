/**
 * Makes the rough lines of the benchmark from the templates and names beside this file, always the same for a seed.
 *
 *     node test/rough/lines.mjs                       prints them: kind, line, and what must come out whole, in its order
 *     node test/rough/lines.mjs TATOEBA_TEST_REFS.gz  prints 900 sentences of the Tatoeba test with their references
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const LINES = { number: 600, name: 600, token: 300 }
const SENTENCES = 900

const read = (file) =>
  readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n')

/** The lines of all kinds: { kind, line, whole }. */
export function roughLines(seed = 34) {
  const draw = randomFrom(seed)
  const names = new Map()
  for (const line of read('names.tsv')) {
    const [kind, name] = line.split('\t')
    names.set(kind, [...(names.get(kind) ?? []), name])
  }
  return Object.entries(LINES).flatMap(([kind, count]) => {
    const templates = read(`${kind}-templates.txt`)
    return Array.from({ length: count }, (_, i) => {
      const whole = []
      const values = new Map()
      const line = elided(templates[i % templates.length], (slot) => {
        if (!values.has(slot)) values.set(slot, fills(draw, names)[slot.replace(/\d$/, '')]())
        return values.get(slot)
      }).replace(/\{(\w+)\}/g, (_found, slot) => {
        const value = slot === 'c' ? closing(values.get('o')) : values.get(slot)
        whole.push(slot === 's' ? value.trim() : value)
        return value
      })
      return { kind, line, whole }
    })
  })
}

/** The values of each slot. */
function fills({ below, pick }, names) {
  const digits = () => {
    const length = 1 + below(7)
    const least = length === 1 ? 2 : 10 ** (length - 1)
    return String(least + below(10 ** length - least))
  }
  const name = (kind) => () => pick(names.get(kind))
  return {
    n: digits,
    m: digits,
    w: name('woman'),
    h: name('man'),
    l: name('last name'),
    t: name('town'),
    v: () => pick(PLACEHOLDERS),
    o: () => pick(TAGS),
    c: () => '',
    s: () => '&nbsp;',
    u: () => `${pick(['https://', 'http://', 'https://www.'])}${pick(SITES)}${pick(PATHS)}`,
    a: () => `${pick(MAILBOXES)}@${pick(SITES)}`,
  }
}

const PLACEHOLDERS = read('placeholders.txt')
const TAGS = [
  '<b>',
  '<i>',
  '<em>',
  '<strong>',
  '<span class="new">',
  '<a href="/x">',
  '<a href="https://example.org/aide?id=7&amp;l=fr">',
  '<a href="#top" title="Haut">',
  '<code>',
  '<u>',
]
const SITES = [
  'example.org',
  'boutique-martin.fr',
  'mairie.exemple.fr',
  'photos.example.com',
  'lab-42.io',
  'exemple.net',
]
const PATHS = [
  '',
  '/',
  '/aide',
  '/fr/contact.html',
  '/panier?id=318&lang=fr',
  '/docs/v2#installation',
  '/a/b_c-d/index.php',
]
const MAILBOXES = ['contact', 'jean.dupont', 'service-client', 'no_reply', 'marie+newsletter', 'info2026']

const closing = (tag) => `</${/^<(\w+)/.exec(tag)[1]}>`

/** A template with "de" and "que" before vowels as they are written; also asks for the value of each slot in its order. */
function elided(template, filled) {
  for (const [, slot] of template.matchAll(/\{(\w+)\}/g)) filled(slot)
  return template.replace(/\b([Dd]|[Qq]u)e \{(\w)\}/g, (found, start, slot) =>
    /^[aeiouyàâäéèêëîïôöûüœ]/iu.test(filled(slot)) ? `${start}'{${slot}}` : found,
  )
}

/** Sentences of the Tatoeba test that are spread over it and end with a mark, each with its references. */
export function* tatoebaSentences(gzipped) {
  const all = gunzipSync(gzipped).toString('utf8').trim().split('\n')
  const ended = all.filter((line) => /[.!?]$/.test(line.split('\t')[0]))
  for (let i = 0; i < SENTENCES; i++) yield ended[Math.floor((i * ended.length) / SENTENCES)]
}

/** Draws that are the same for the same seed: mulberry32. */
function randomFrom(seed) {
  let state = seed >>> 0
  const below = (end) => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 4294967296) * end)
  }
  return { below, pick: (values) => values[below(values.length)] }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , tatoeba] = process.argv
  const lines = tatoeba
    ? tatoebaSentences(readFileSync(tatoeba))
    : roughLines().map(({ kind, line, whole }) => [kind, line, ...whole].join('\t'))
  for (const line of lines) process.stdout.write(`${line}\n`)
}
