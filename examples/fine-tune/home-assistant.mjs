/**
 * The domain of docs/fine-tune.md: the strings of Home Assistant (Apache-2.0) in French and English. Writes a TMX file to train on, and a
 * table of sentences to measure with, none of which is in the TMX file on either side.
 *
 *     node examples/fine-tune/home-assistant.mjs domain.tmx domain.test.tsv 5000 FOLDER …
 *
 * 5000: the most units of the TMX file. FOLDER: an unpacked package of PyPI, `homeassistant` or `home-assistant-frontend`; the sentences to
 * measure with are from the first.
 */
import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { components, hashedJson } from '../tatoeba/extra/readers.mjs'

const TESTED = 1000

/** Signs of code, which plain text does not have: placeholders, tags, Markdown, addresses, names of settings, keys of other strings. */
const CODE = /[{}<>[\]`|*_\\%@]|https?:|\$t\(|\w\.\w|\p{Ll}\p{Lu}\p{Ll}/u

const [tmx, test, most, ...folders] = process.argv.slice(2)
const targets = new Map()
/** The French sentences of the first folder. */
let ofFirst
for (const folder of folders) {
  for (const [path, read] of [
    ['homeassistant/components', components],
    ['hass_frontend/static/translations', hashedJson],
  ])
    if (existsSync(join(folder, path)))
      for (const pair of read(path)(folder)) {
        const [french, english] = pair.map((side) => side.normalize('NFC').replace(/\s+/g, ' ').trim())
        const isText = [french, english].every((side) => /\p{L}{2}/u.test(side) && side.length <= 200 && !CODE.test(side))
        if (isText && french !== english) targets.set(french, (targets.get(french) ?? new Set()).add(english))
      }
  ofFirst ??= new Set(targets.keys())
}

const rank = (text) => createHash('sha256').update(text).digest('hex')
const key = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
const shuffled = [...targets].sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
const tested = shuffled.filter(([french]) => ofFirst.has(french) && french.includes(' ')).slice(0, TESTED)
const seen = new Set(tested.flatMap(([french, english]) => [key(french), ...[...english].map(key)]))
const units = shuffled
  .flatMap(([french, english]) => [...english].map((each) => [french, each]))
  .filter((pair) => !pair.some((side) => seen.has(key(side))))
  .slice(0, Number(most))

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const segment = (language, text) => `<tuv xml:lang="${language}"><seg>${escaped(text)}</seg></tuv>`
const header = 'creationtool="home-assistant.mjs" creationtoolversion="1" segtype="sentence" o-tmf="json" adminlang="en" srclang="en"'
writeFileSync(
  tmx,
  `<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n<header ${header} datatype="plaintext"/>\n<body>\n` +
    units.map(([french, english]) => `<tu>${segment('en', english)}${segment('fr', french)}</tu>\n`).join('') +
    '</body>\n</tmx>\n',
)
writeFileSync(test, tested.map(([french, english]) => `${[french, ...english].join('\t')}\n`).join(''))
console.log(`${tmx}: ${units.length} units; ${test}: ${tested.length} sentences; ${targets.size} French sentences in all`)
