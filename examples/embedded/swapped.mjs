/**
 * A model folder that begins to translate the other way: the same weights and vocabulary, which both languages share, with the languages swapped.
 *
 *     node examples/embedded/swapped.mjs FOLDER OUT
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [from, to] = process.argv.slice(2)
cpSync(from, to, { recursive: true })
for (const file of ['confidence.json', 'README.md', 'curves.svg']) rmSync(join(to, file), { force: true }) // of the other direction
const path = join(to, 'tokenizer_config.json')
const { source_lang, target_lang, ...others } = JSON.parse(readFileSync(path, 'utf8'))
writeFileSync(path, `${JSON.stringify({ ...others, source_lang: target_lang, target_lang: source_lang }, null, 2)}\n`)
